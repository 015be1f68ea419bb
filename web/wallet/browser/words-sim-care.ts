/** What the wallet says of a SIM's PIN digits after a PIN was set. */
const en = {
  'sim_care.written': 'The SIM has the first two digits of the new PIN.',
  'sim_care.old': 'The SIM still has the old PIN’s digits',
  'sim_care.old_more': 'Payments that ask for PIN digits fail until they are written anew.',
  'sim_care.later': 'Write them later',
  'sim_care.card': 'Card {number} in it',
  'sim_care.digits': 'First two digits of the new PIN',
  'sim_care.write': 'Write them into the SIM',
  'sim_care.answer': 'Answer in the reader’s window.',
}
type Column = Readonly<Record<keyof typeof en, string>>

const ja: Column = {
  'sim_care.written': '新しい暗証番号の最初の2桁をSIMに書き込みました。',
  'sim_care.old': 'SIMには前の暗証番号の数字が残っています',
  'sim_care.old_more': '書き直すまで、暗証番号の数字が必要な支払いはできません。',
  'sim_care.later': 'あとで書き込む',
  'sim_care.card': 'SIMのカード {number}',
  'sim_care.digits': '新しい暗証番号の最初の2桁',
  'sim_care.write': 'SIMに書き込む',
  'sim_care.answer': 'リーダーの画面で答えてください。',
}

const ko: Column = {
  'sim_care.written': '새 PIN의 첫 두 자리를 SIM에 기록했습니다.',
  'sim_care.old': 'SIM에 이전 PIN의 숫자가 남아 있습니다',
  'sim_care.old_more': '다시 기록할 때까지 PIN 숫자가 필요한 결제는 되지 않습니다.',
  'sim_care.later': '나중에 기록',
  'sim_care.card': 'SIM의 카드 {number}',
  'sim_care.digits': '새 PIN의 첫 두 자리',
  'sim_care.write': 'SIM에 기록',
  'sim_care.answer': '리더 창에서 답해 주세요.',
}

export const simCareWords = { en, ja, ko }
