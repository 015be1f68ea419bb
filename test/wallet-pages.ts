/** How a person goes through the wallet's pages: by what they read and press, as anybody would. */

import { setTimeout as sleep } from 'node:timers/promises'
import { callApi } from '@warifu/sdk/api-call'
import type { Page } from 'playwright-core'
import type { House } from './house.ts'

/** Applicants as the seeded program's rules tell them apart. */
export type Applicant = {
  readonly birth?: string
  readonly income?: string
  readonly work?: string
}

/** A house, or a sandbox: where the API is. */
type At = Pick<House, 'url'>

export const press = (page: Page, name: string | RegExp): Promise<void> =>
  page.getByRole('button', { name }).click()

export const heading = (page: Page, name: string | RegExp): Promise<void> =>
  page.getByRole('heading', { name }).waitFor()

/** A name, a passkey, and the phone's keys behind it. */
export async function join(page: Page, name: string): Promise<void> {
  await page.getByLabel('Your name').fill(name)
  await press(page, 'Join with a passkey')
  await heading(page, 'Your first card')
}

export async function applyFor(page: Page, applicant: Applicant = {}): Promise<void> {
  await press(page, 'Apply for a card')
  await fillApplication(page, applicant)
}

export async function fillApplication(page: Page, applicant: Applicant = {}): Promise<void> {
  await page.getByLabel('Date of birth').fill(applicant.birth ?? '1990-04-01')
  await page.getByLabel(/Income in a year/).fill(applicant.income ?? '5,000,000')
  await page.getByLabel('Work').selectOption({ label: applicant.work ?? 'Employed' })
  await press(page, 'Apply')
}

export async function proveThePhone(page: Page, house: At, phone: string): Promise<void> {
  await page.getByLabel('Number with country code').fill(phone)
  await press(page, 'Send the code')
  await page.getByLabel('Six digits').fill(await codeFor(house, phone.replaceAll(' ', '')))
  await press(page, 'Confirm')
}

/** From the first page to a card that is ready to pay. */
export async function becomeHolder(page: Page, house: At, name = 'AIKO'): Promise<void> {
  await join(page, name)
  await applyFor(page)
  await proveThePhone(page, house, '+81 90 1234 5678')
  await heading(page, 'Your cards')
  await page.getByText('Ready to pay').waitFor()
}

/** The code that was sent by SMS, moments after it was asked for. */
export async function codeFor({ url: apiUrl }: At, to: string): Promise<string> {
  for (let patience = 100; patience > 0; patience -= 1) {
    const { data } = await callApi({ fetch, apiUrl }, 'listInbox', { query: { to, limit: 1 } })
    const [code] = /\b[0-9]{6}\b/.exec(data[0]?.text ?? '') ?? []
    if (code !== undefined) return code
    await sleep(50)
  }
  throw new Error(`no code in the inbox for ${to}`)
}
