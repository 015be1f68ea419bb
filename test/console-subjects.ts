/** What the platform's people act on: made without the page. */
import { operateServer } from '@warifu/cli/operators'
import type { Id } from '@warifu/protocol/ids'
import { callApi } from '@warifu/sdk/api-call'
import postgres from 'postgres'
import type { Desk } from './console-desk.ts'
import { enter as visit } from './console-people.ts'
import type { House } from './house.ts'
import { passportOf } from './mrz.ts'
import { codeFor, type People } from './people.ts'
import { openShop } from './shops.ts'

export type Subjects = {
  readonly debit: string
  readonly application: string
  readonly merchant: string
  readonly temp: { readonly operator: string; readonly token: string }
  readonly campus: string
  readonly transit: string
}

async function programsOf({ api }: People) {
  const { data } = await callApi(api, 'listPrograms', {})
  const named = (name: string) => {
    const found = data.find((one) => one.name === name)
    if (found === undefined) throw new Error(`the seed has no program ${name}`)
    return found.id
  }
  return {
    campus: named('Warifu Campus'),
    transit: named('Warifu Transit'),
    corporate: named('Warifu Corporate'),
  }
}

export async function subjectsOf({ house, people }: Desk): Promise<Subjects> {
  const { campus, transit, corporate } = await programsOf(people)
  for (const name of ['aoi', 'ren'] as const) {
    const { ask } = await visit(house, name)
    await ask(`/v1/operator/programs/${campus}`, { body: { second_above: 10_000 } })
  }
  const [debit, application, merchant, temp] = await Promise.all([
    debitCardOf(people, transit),
    studentOf(people, campus, { name: 'RIKA', phone: '+819055500001' }),
    shopToClose(house),
    operateServer(house.serverDatabase.url, ['add', 'Temp', 'auditor']),
    travellerOf(people, corporate, 'SORA'),
    // These two wait to the end.
    travellerOf(people, corporate, 'NAGI'),
    studentOf(people, campus, { name: 'MIO', phone: '+819055500002' }),
  ])
  return { debit, application, merchant, temp: JSON.parse(temp), campus, transit }
}

const rich = { birth_date: '1990-04-01', employment: 'employed' } as const

async function debitCardOf(people: People, program: Id<'prg'>) {
  const rider = await people.join('TETSU')
  const { id } = await rider.apply(program, { ...rich, name: 'TETSU', annual_income: 5_000_000 })
  await rider.show(id, { method: 'registered_terminal' })
  return (await rider.install(id)).id
}

/** Shows a passport that a person is to look at. */
async function travellerOf(people: People, program: Id<'prg'>, name: string) {
  const traveller = await people.join(name)
  const said = { ...rich, name, annual_income: 5_000_000 }
  const { id } = await traveller.apply(program, said)
  const bearer = { surname: name, given: 'AOI', birth: '1990-04-01', expiry: '2035-01-01' }
  await traveller.show(id, { method: 'identity_document', mrz: passportOf(bearer) })
}

type Student = { readonly name: string; readonly phone: string }

/** Earns too little for the rules to decide. */
async function studentOf(people: People, program: Id<'prg'>, who: Student) {
  const { name, phone } = who
  const student = await people.join(name)
  const asked = await student.apply(program, { ...rich, name, annual_income: 900_000 })
  const { id } = await student.startPhone(asked.id, phone)
  await student.answerCode(id, await codeFor(people.api, phone))
  return asked.id
}

async function shopToClose(house: House): Promise<string> {
  await using stack = new AsyncDisposableStack()
  const database = postgres(house.serverDatabase.adminUrl, { max: 1, onnotice: () => {} })
  stack.defer(() => database.end())
  await openShop({ database, apiUrl: house.url }, 'Closing Tea House')
  const [{ merchant = '' } = {}] = await database<{ merchant: string }[]>`
    select id as merchant from merchants.merchant where name = 'Closing Tea House'`
  return merchant
}
