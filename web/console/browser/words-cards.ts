/** What the pages of applications, cards and second persons say. */
import { type Rows, wordsOf } from './table-words.ts'

const rows = {
  limit: ['Credit limit', '利用限度額', '신용 한도'],
  limitLead: [
    'Empty: as the rules would set it.',
    '空欄なら、ルールのとおりになります。',
    '비워 두면 규칙대로 정해집니다.',
  ],
  secondAbove: [
    'Above {amount} a second person must agree.',
    '{amount}を超えると、二人目の同意が必要です。',
    '{amount}을 넘으면 두 번째 사람의 동의가 필요합니다.',
  ],
  reason: ['Reason, where refused', '却下する場合の理由', '거부하는 경우의 이유'],
  approve: ['Approve', '承認する', '승인'],
  refuse: ['Refuse', '却下する', '거부'],
  accept: ['The document shows the applicant', '書類は本人のものです', '서류가 신청자의 것입니다'],
  notThePerson: ['Not this person', '本人ではない', '본인이 아님'],
  documentRefused: ['Document refused', '書類を認めない', '서류를 인정하지 않음'],
  waitsForSecond: [
    'Asked for; a second person must agree',
    '依頼済み:二人目の同意を待っています',
    '요청됨: 두 번째 사람의 동의를 기다립니다',
  ],
  history: ['How it stood', '状態の履歴', '상태 이력'],
  bounds: ['Limits', '上限', '한도'],
  stop: ['Stop the card', 'カードを止める', '카드 정지'],
  letGo: ['Let it go on', '再開する', '다시 사용'],
  closeCard: ['Close the card', 'カードを解約する', '카드 해지'],
  closeLead: [
    'It never pays again, and cannot be opened again.',
    '二度と支払えず、元にも戻せません。',
    '다시는 결제할 수 없고 되돌릴 수도 없습니다.',
  ],
  fund: ['Add money', '入金する', '입금'],
  fundReference: ['Reference', '参照番号', '참조 번호'],
  fundAmount: ['Amount', '金額', '금액'],
  waiting: ['Waiting for a person', '人の判断を待つもの', '사람의 판단을 기다림'],
  nobodyWaits: ['Nobody waits', '待っている人はいません', '기다리는 사람이 없습니다'],
  nobodyWaitsLead: [
    'What a program’s rules leave to a person, and every identity document, comes here.',
    'ルールが人に任せた申し込みと、本人確認書類がここに来ます。',
    '규칙이 사람에게 맡긴 신청과 모든 신분증이 여기로 옵니다.',
  ],
  allApplications: ['All applications', 'すべての申し込み', '모든 신청'],
  cardholders: ['Cardholders', 'カード会員', '카드 이용자'],
  readLog: ['Read the log', '確認の記録を読む', '확인 기록 읽기'],
  readLogLead: [
    'That you read it is on record.',
    '読んだことも記録されます。',
    '읽었다는 것도 기록됩니다.',
  ],
  grantedBy: ['How a card is granted', '発行のルール', '발급 규칙'],
  firstSpeaks: [
    'From the top: the first rule whose conditions all hold decides.',
    '上から順に、条件がすべて当てはまる最初のルールで決まります。',
    '위에서부터, 조건이 모두 맞는 첫 규칙이 결정합니다.',
  ],
  agree: ['Agree', '同意する', '동의'],
  disagree: ['Refuse', '却下する', '거부'],
  takeBack: ['Take back', '取り下げる', '철회'],
  agreeLead: [
    'You agree to exactly what stands above. It is carried out at once.',
    '上の内容にそのまま同意します。すぐに実行されます。',
    '위의 내용 그대로 동의합니다. 곧바로 실행됩니다.',
  ],
  ownAct: [
    'You asked for this yourself: somebody else must agree.',
    '自分で頼んだ操作です。ほかの人の同意が必要です。',
    '스스로 요청한 작업입니다. 다른 사람의 동의가 필요합니다.',
  ],
} as const satisfies Rows

export type CardWord = keyof typeof rows
export const cardWords = wordsOf(rows)
