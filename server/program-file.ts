/**
 * A card program as a file tells it: by the names under which the API shows programs, whole, so
 * that nothing is decided by leaving it out. Money in minor units of the program's currency.
 */
import { overCapture, rule } from '@warifu/protocol/console-list-objects'
import { controls, fundings, methods, usages } from '@warifu/protocol/issuing-objects'
import { currency, minorUnits, minorUnitsOrZero } from '@warifu/protocol/money'
import { schemes } from '@warifu/protocol/schemes'
import { closed, nullable, oneOf, plainText } from '@warifu/protocol/shapes'
import { type Static, Type } from 'typebox'
import type { NewProgram } from '#issuing'

const { per_transaction: _, per_day: __, per_month: ___, ...others } = controls.properties

export const programFile = closed({
  name: plainText(80),
  /** The first digits of its cards' numbers (ISO/IEC 7812-1). */
  bin: Type.String({ pattern: '^[0-9]{6,8}$' }),
  currency,
  funding: oneOf(fundings),
  usage: oneOf(usages),
  account: oneOf(['own', 'issued_card'] as const),
  schemes: Type.Array(oneOf(schemes), { minItems: 1, uniqueItems: true }),
  verification_methods: Type.Array(oneOf(methods), { uniqueItems: true }),
  verification_needed: Type.Integer({ minimum: 0 }),
  bureau: Type.Boolean(),
  validity_months: Type.Integer({ minimum: 1, maximum: 240 }),
  per_transaction: minorUnits,
  per_day: minorUnits,
  per_month: minorUnits,
  signature_only_max: minorUnitsOrZero,
  second_above: nullable(minorUnitsOrZero),
  renew_days: Type.Integer({ minimum: 0, maximum: 3650 }),
  keeps_tokens: Type.Boolean(),
  over_capture: overCapture,
  force_post: Type.Boolean(),
  /** Whether its cards pay by their stripe at the cardholder's own reader. */
  reader_stripes: Type.Boolean(),
  controls: Type.Partial(closed(others)),
  rules: Type.Array(rule, { minItems: 1, maxItems: 100 }),
})
export type ProgramFile = Static<typeof programFile>

export const newProgramOf = (file: ProgramFile): Omit<NewProgram, 'id'> => ({
  name: file.name,
  bin: file.bin,
  currency: file.currency,
  funding: file.funding,
  usage: file.usage,
  account: file.account,
  schemes: file.schemes,
  verificationMethods: file.verification_methods,
  verificationNeeded: file.verification_needed,
  bureau: file.bureau,
  validityMonths: file.validity_months,
  perTransaction: BigInt(file.per_transaction),
  perDay: BigInt(file.per_day),
  perMonth: BigInt(file.per_month),
  signatureOnlyMax: BigInt(file.signature_only_max),
  secondAbove: file.second_above === null ? null : BigInt(file.second_above),
  renewDays: file.renew_days,
  keepsTokens: file.keeps_tokens,
  overCapture: file.over_capture,
  forcePost: file.force_post,
  controls: file.controls,
  rules: file.rules,
})
