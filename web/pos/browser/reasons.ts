/**
 * Why the platform said no, in the shop's words: what may be told to a customer over the counter
 * and no more. What the platform says comes from its one table, what the device says from here.
 */
import { errorWordsJa } from '@warifu/protocol/error-words-ja'
import { errorWordsKo } from '@warifu/protocol/error-words-ko'
import { errors, type Refusal } from '@warifu/protocol/errors'
import type { Language } from '@warifu/protocol/language'

/** What a till can meet: declined payments, acts that do not fit, and a key that is not good. */
export const met = [
  'amount_above_captured',
  'api_key_invalid',
  'approval_denied',
  'cardholder_not_reached',
  'card_expired',
  'card_not_active',
  'card_not_supported',
  'card_used_up',
  'category_not_allowed',
  'count_exceeded',
  'cryptogram_invalid',
  'currency_mismatch',
  'device_not_active',
  'device_unknown',
  'entry_invalid',
  'entry_mismatch',
  'insufficient_funds',
  'internal_error',
  'ksn_replayed',
  'limit_exceeded',
  'merchant_not_allowed',
  'not_found',
  'payment_expired',
  'payment_state',
  'pin_blocked',
  'pin_wrong',
  'plastic_not_active',
  'security_code_wrong',
  'terminal_not_active',
  'token_unknown',
  'too_many_requests',
  'vault_unavailable',
] as const satisfies readonly Refusal[]
type Met = (typeof met)[number]
type AtDevice = keyof typeof atDevice

/** Why no card was entered: the communication module's and the device's own words. */
export const atDevice = {
  busy: 'The entry device is busy with another sale.',
  card_refused: 'The card itself refused.',
  card_unreadable: 'The card could not be read.',
  closed: 'The till was closed.',
  device_busy: 'The entry device is busy with another sale.',
  device_lost: 'The entry device did not answer any more.',
  device_not_ready: 'The entry device is out of service.',
  exhausted: 'The entry device’s keys are used up.',
  interrupted: 'The till was interrupted before a card was entered.',
  message_mismatch: 'The entry device answered for another sale.',
  no_device: 'No entry device answers.',
  no_keys: 'The entry device has no keys.',
  repeated: 'This sale was entered before.',
  request_malformed: 'The entry device did not understand the till.',
  tampered: 'The entry device was opened. Its keys are gone; take another one.',
  timeout: 'Nobody entered a card in time.',
} as const

const ja: Readonly<Record<AtDevice, string>> = {
  busy: '入力装置は別の売上で使用中です。',
  card_refused: 'カードが応じませんでした。',
  card_unreadable: 'カードを読み取れませんでした。',
  closed: 'レジが閉じられました。',
  device_busy: '入力装置は別の売上で使用中です。',
  device_lost: '入力装置が応答しなくなりました。',
  device_not_ready: '入力装置が使えない状態です。',
  exhausted: '入力装置の鍵を使い切りました。',
  interrupted: 'カードが入力される前にレジが中断されました。',
  message_mismatch: '入力装置が別の売上に応答しました。',
  no_device: '入力装置が応答しません。',
  no_keys: '入力装置に鍵がありません。',
  repeated: 'この売上はすでに入力されています。',
  request_malformed: '入力装置がレジの要求を理解できませんでした。',
  tampered: '入力装置が開けられ、鍵は消えています。別の装置を使ってください。',
  timeout: '時間内にカードが入力されませんでした。',
}
const ko: Readonly<Record<AtDevice, string>> = {
  busy: '입력 장치가 다른 결제에 사용 중입니다.',
  card_refused: '카드가 거절했습니다.',
  card_unreadable: '카드를 읽지 못했습니다.',
  closed: '계산대가 닫혔습니다.',
  device_busy: '입력 장치가 다른 결제에 사용 중입니다.',
  device_lost: '입력 장치가 더 이상 응답하지 않습니다.',
  device_not_ready: '입력 장치를 사용할 수 없습니다.',
  exhausted: '입력 장치의 키를 모두 사용했습니다.',
  interrupted: '카드가 입력되기 전에 계산대가 중단되었습니다.',
  message_mismatch: '입력 장치가 다른 결제에 응답했습니다.',
  no_device: '입력 장치가 응답하지 않습니다.',
  no_keys: '입력 장치에 키가 없습니다.',
  repeated: '이 결제는 이미 입력되었습니다.',
  request_malformed: '입력 장치가 계산대의 요청을 이해하지 못했습니다.',
  tampered: '입력 장치가 열려 키가 지워졌습니다. 다른 장치를 사용하세요.',
  timeout: '제시간에 카드가 입력되지 않았습니다.',
}

const isAtDevice = (code: string): code is AtDevice => Object.hasOwn(atDevice, code)
const isMet = (code: string): code is Met => met.some((one) => one === code)

/** The reason in this language; the code itself where it is one that a till does not meet. */
export function reasonOf(code: string | null, language: Language): string {
  if (code === null) return ''
  if (isAtDevice(code)) return { en: atDevice, ja, ko }[language][code]
  if (!isMet(code)) return code
  if (language === 'en') return errors[code].merchant
  return { ja: errorWordsJa, ko: errorWordsKo }[language][code][1]
}
