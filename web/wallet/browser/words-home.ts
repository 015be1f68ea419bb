/** What the first page says: of another phone that asks, and the ways to what is loaded later. */
const en = {
  'apply.title': 'Your first card',
  'apply.another': 'Apply for a card',
  'apply.lead': 'It takes about a minute: who you are, a code to your phone, a decision.',
  'code.go': 'Confirm',
  'arrivals.title': 'Another phone wants your cards',
  'arrivals.more': 'If that is not you, call it back now.',
  'arrivals.cancel': 'That is not me',
  'arrivals.replace': 'Your cards would move to it, and this phone would end.',
  'arrivals.second': 'It would be one more phone of yours; your cards stay here.',
  'arrivals.yes': 'It is mine, let it in',
  'plastic.open': 'PIN and plastic',
}
type Column = Readonly<Record<keyof typeof en, string>>

const ja: Column = {
  'apply.title': 'はじめてのカード',
  'apply.another': 'カードを申し込む',
  'apply.lead': '1分ほどで終わります。お客様情報、電話へのコード、そして審査です。',
  'code.go': '確認する',
  'arrivals.title': '別の端末がカードを求めています',
  'arrivals.more': 'お心当たりがなければ、いま取り消してください。',
  'arrivals.cancel': '自分ではありません',
  'arrivals.replace': 'カードはそちらに移り、この端末は使えなくなります。',
  'arrivals.second': 'もう1台の端末になります。カードはここに残ります。',
  'arrivals.yes': '自分の端末です。認めます',
  'plastic.open': '暗証番号とプラスチックカード',
}

const ko: Column = {
  'apply.title': '첫 카드',
  'apply.another': '카드 신청',
  'apply.lead': '1분쯤 걸립니다. 본인 정보, 전화로 받는 코드, 그리고 심사입니다.',
  'code.go': '확인',
  'arrivals.title': '다른 단말기가 카드를 원합니다',
  'arrivals.more': '본인이 아니면 지금 취소하세요.',
  'arrivals.cancel': '제가 아닙니다',
  'arrivals.replace': '카드는 그 단말기로 옮겨지고 이 단말기는 끝납니다.',
  'arrivals.second': '단말기가 하나 더 생깁니다. 카드는 여기에 남습니다.',
  'arrivals.yes': '제 단말기입니다. 허락합니다',
  'plastic.open': 'PIN과 실물 카드',
}

export const homeWords = { en, ja, ko }
