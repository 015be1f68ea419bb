/** What the wallet says when its owner has it show a card's number. */
const en = {
  'reveal.show': 'Show the number',
  'reveal.label': 'Card number',
  'reveal.hides': 'Read here, on this phone alone. It hides by itself in {seconds} seconds.',
  'reveal.hide': 'Hide it now',
}
type Column = Readonly<Record<keyof typeof en, string>>

const ja: Column = {
  'reveal.show': '番号を表示する',
  'reveal.label': 'カード番号',
  'reveal.hides': 'この端末だけで読み取りました。{seconds}秒で自動的に隠れます。',
  'reveal.hide': 'いま隠す',
}

const ko: Column = {
  'reveal.show': '번호 보기',
  'reveal.label': '카드 번호',
  'reveal.hides': '이 단말기에서만 읽었습니다. {seconds}초 뒤에 저절로 가려집니다.',
  'reveal.hide': '지금 가리기',
}

export const revealWords = { en, ja, ko }
