/**
 * One round of work: pull the jobs, do the next step of each, say so. A step that was said before
 * is said again without harm, so a round may be cut anywhere and begun anew.
 */
import type { Body, Reply } from '@warifu/protocol/contract'
import type { PlasticJob } from '@warifu/protocol/plastic'
import type { BureauApi } from './bureau-api.ts'
import type { OwnKeys } from './bureau-keys.ts'
import { openJob } from './job.ts'

type Job = Reply<'listBureauJobs'>['data'][number]

export type Workshop = {
  readonly keys: OwnKeys
  readonly api: BureauApi
  /** Puts picture and chip into the letter; the same again is the same letter. */
  readonly produce: (job: PlasticJob) => Promise<void>
  /** Of a letter in the post. */
  readonly track: (plastic: string) => string
  /** Whether the post has brought it. */
  readonly hasArrived: (plastic: string) => Promise<boolean>
}

/** Answers with how many steps were done. */
export async function workOnce(shop: Workshop): Promise<number> {
  const { data } = await shop.api('listBureauJobs', {})
  let done = 0
  for (const job of data) if (await step(shop, job)) done += 1
  return done
}

async function step(shop: Workshop, { id, status, sealed }: Job): Promise<boolean> {
  const say = (body: Body<'moveBureauJob'>) => moved(shop, id, body)
  switch (status) {
    case 'ordered':
      return openJob(shop.keys, sealed, id) === undefined
        ? say({ status: 'rejected', reason: 'job_unreadable' })
        : say({ status: 'accepted' })
    case 'accepted': {
      const job = openJob(shop.keys, sealed, id)
      if (job === undefined) return say({ status: 'rejected', reason: 'job_unreadable' })
      await shop.produce(job)
      return say({ status: 'produced' })
    }
    case 'produced':
      return say({ status: 'shipped', tracking: shop.track(id) })
    case 'shipped':
      return (await shop.hasArrived(id)) ? say({ status: 'delivered' }) : false
    default:
      return false
  }
}

async function moved(
  { api }: Workshop,
  id: Job['id'],
  body: Body<'moveBureauJob'>,
): Promise<boolean> {
  await api('moveBureauJob', { params: { id }, body })
  return true
}
