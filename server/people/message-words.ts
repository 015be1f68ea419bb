/**
 * Every message that leaves to a person, in one table: a column a language. A test looks for what
 * is missing. `{code}` is spoken with pauses where its name says so; `{at}` is an instant.
 */
import { type Language, localeOf } from '@warifu/protocol/language'

const en = {
  code: 'Warifu: {code} is your code. It is good for ten minutes. Tell it to nobody.',
  code_spoken: 'This is Warifu. Your code is: {code}. Once more: {code}. Tell it to nobody.',
  phone_code: 'Warifu: {code} lets a NEW PHONE in. Not you? Tell it to nobody.',
  phone_code_spoken:
    'This is Warifu. A new phone is to be let in. The code is: {code}. Once more: {code}. ' +
    'Not you? Tell it to nobody.',
  pin_code: 'Warifu: {code} lets your PIN in again, for ten minutes. Tell it to nobody.',
  phone_asks:
    'Warifu: a new phone asks to take the place of yours. Was it not you? Open your wallet on ' +
    'the old phone and cancel it.',
  phone_due:
    'Warifu: a new phone takes the place of yours on {at}. Was it not you? Open your wallet on ' +
    'the old phone and cancel it.',
  phone_in:
    'Warifu: a new phone is in, at a low limit. Was it not you? Open your wallet on the old ' +
    'phone and cancel it.',
  phone_removed:
    'Warifu: one of your phones was removed by another of yours. Was it not you? Call your issuer.',
}
export type MessageName = keyof typeof en
type Column = Readonly<Record<MessageName, string>>

const ja: Column = {
  code: 'Warifu: 確認コードは {code} です。10分間有効です。誰にも教えないでください。',
  code_spoken: 'Warifuです。確認コードは、{code}。もう一度、{code}。誰にも教えないでください。',
  phone_code:
    'Warifu: {code} は新しい端末を使えるようにするコードです。お心当たりがなければ、誰にも教えないでください。',
  phone_code_spoken:
    'Warifuです。新しい端末を使えるようにします。コードは、{code}。もう一度、{code}。' +
    'お心当たりがなければ、誰にも教えないでください。',
  pin_code:
    'Warifu: 暗証番号の再開コードは {code} です。10分間有効です。誰にも教えないでください。',
  phone_asks:
    'Warifu: 新しい端末が、お使いの端末に代わろうとしています。お心当たりがなければ、' +
    '前の端末でウォレットを開いて取り消してください。',
  phone_due:
    'Warifu: {at} に新しい端末が、お使いの端末に代わります。お心当たりがなければ、' +
    '前の端末でウォレットを開いて取り消してください。',
  phone_in:
    'Warifu: 新しい端末が使えるようになりました（当面は少額のみ）。お心当たりがなければ、' +
    '前の端末でウォレットを開いて取り消してください。',
  phone_removed:
    'Warifu: お客様の端末が、別の端末から削除されました。お心当たりがなければ、発行者にご連絡ください。',
}

const ko: Column = {
  code: 'Warifu: 인증 코드는 {code} 입니다. 10분 동안 유효합니다. 누구에게도 알려 주지 마세요.',
  code_spoken: 'Warifu입니다. 인증 코드는 {code}. 다시 한 번, {code}. 누구에게도 알려 주지 마세요.',
  phone_code:
    'Warifu: {code} 는 새 단말기를 쓰게 하는 코드입니다. 본인이 아니라면 누구에게도 알려 주지 마세요.',
  phone_code_spoken:
    'Warifu입니다. 새 단말기를 쓰게 합니다. 코드는 {code}. 다시 한 번, {code}. ' +
    '본인이 아니라면 누구에게도 알려 주지 마세요.',
  pin_code:
    'Warifu: PIN을 다시 쓰는 코드는 {code} 입니다. 10분 동안 유효합니다. 누구에게도 알려 주지 마세요.',
  phone_asks:
    'Warifu: 새 단말기가 지금 단말기를 대신하려 합니다. 본인이 아니라면 이전 단말기에서 지갑을 열어 취소하세요.',
  phone_due:
    'Warifu: {at} 에 새 단말기가 지금 단말기를 대신합니다. 본인이 아니라면 이전 단말기에서 지갑을 열어 취소하세요.',
  phone_in:
    'Warifu: 새 단말기를 쓸 수 있습니다(당분간 소액만). 본인이 아니라면 이전 단말기에서 지갑을 열어 취소하세요.',
  phone_removed:
    'Warifu: 고객님의 단말기가 다른 단말기에서 삭제되었습니다. 본인이 아니라면 발급사에 연락하세요.',
}

export const messageWords: Readonly<Record<Language, Column>> = { en, ja, ko }

type Values = { readonly code?: string; readonly atMs?: number }

/** What the message says, in the language of whoever gets it. */
export function messageText(name: MessageName, language: Language, values: Values = {}): string {
  const { code = '', atMs } = values
  const said = name.endsWith('_spoken') ? [...code].join(', ') : code
  return messageWords[language][name]
    .replaceAll('{code}', said)
    .replaceAll('{at}', atMs === undefined ? '' : instantIn(language, atMs))
}

function instantIn(language: Language, atMs: number): string {
  const how = { dateStyle: 'medium', timeStyle: 'short', timeZone: 'UTC' } as const
  return `${new Intl.DateTimeFormat(localeOf[language], how).format(atMs)} UTC`
}
