/**
 * Letting a bureau in: an operator of the vault admits the key that jobs are sealed to, an operator
 * of the server the key that its requests are signed by. Both read the file that the bureau handed
 * over; no secret of it travels.
 */
import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type BureauKeys, bureauKeys } from '@warifu/protocol/plastic'
import { callApi } from '@warifu/sdk/api-call'
import { Check } from 'typebox/value'
import { operateServer } from './operators.ts'
import { type OperatorSettings, operateVault } from './programs.ts'
import { Sorry } from './sorry.ts'

export type LettingIn = {
  readonly operator: OperatorSettings
  readonly databaseUrl: string
  readonly url: string
  /** Of the bureau; its public keys lie there in `bureau.json`. */
  readonly folder: string
}

export async function letBureauIn({ operator, databaseUrl, url, folder }: LettingIn) {
  const keyFile = join(folder, 'bureau.json')
  const keys: unknown = JSON.parse(await readFile(keyFile, 'utf8'))
  if (!Check(bureauKeys, keys)) throw new Sorry(`${keyFile} holds no keys of a bureau.`)
  await operateVault(operator, ['admit-bureau', '--key-file', keyFile])
  await tellServer({ databaseUrl, url }, keys)
}

/** By an operator of the server for this one act, who is let go again afterwards. */
async function tellServer(
  { databaseUrl, url }: Pick<LettingIn, 'databaseUrl' | 'url'>,
  { bureau: id, signing_key }: BureauKeys,
): Promise<void> {
  const name = `bureau clerk ${randomBytes(4).toString('hex')}`
  const added: { token?: string } = JSON.parse(
    await operateServer(databaseUrl, ['add', name, 'operator']),
  )
  await callApi({ fetch, apiUrl: url }, 'createBureau', {
    body: { id, name: 'Sandbox bureau', signing_key },
    headers: { authorization: `Bearer ${added.token}` },
  })
  await operateServer(databaseUrl, ['end', name])
}
