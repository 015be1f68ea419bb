/** The words of the bridge's own window, in the three languages of the wallet. */
const row = (en: string, ja: string, ko: string) => ({ en, ja, ko })
export type Language = 'en' | 'ja' | 'ko'

// biome-ignore format: a table reads by its columns
export const words = {
  title:   row('SIM reader', 'SIMリーダー', 'SIM 리더'),
  nothing: row('You may close this window.', '閉じてかまいません。', '닫아도 됩니다.'),
  pair:    row('Let this wallet use the SIM reader?', 'SIMリーダーの利用を許可しますか？', 'SIM 리더 사용을 허용할까요?'),
  pin:     row('SIM PIN', 'SIMのPIN', 'SIM PIN'),
  tries:   row('Tries left', '残り回数', '남은 횟수'),
  allow:   row('Allow', '許可する', '허용'),
  enter:   row('Enter', '入力する', '입력'),
  no:      row('Cancel', 'やめる', '취소'),
  private: row('The wallet never sees it.', 'ウォレットには渡りません。', '지갑에는 전달되지 않습니다.'),
  unblock: row('Unblock the SIM PIN', 'SIMのPINロックを解除', 'SIM PIN 잠금 해제'),
  puk:     row('PUK (8 digits)', 'PUK（8桁）', 'PUK (8자리)'),
  newPin:  row('New SIM PIN', '新しいSIMのPIN', '새 SIM PIN'),
  wrong:   row('That did not work.', 'できませんでした。', '처리하지 못했습니다.'),
} as const
export type Word = keyof typeof words

/** The first language of the browser's list that the window speaks. */
export function languageOf(accepted = ''): Language {
  const wanted = accepted.split(',').map((part) => part.trim().slice(0, 2).toLowerCase())
  const found = wanted.find((one): one is Language => one === 'en' || one === 'ja' || one === 'ko')
  return found ?? 'en'
}
