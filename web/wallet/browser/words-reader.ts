/** What the wallet says of the reader at this phone. */
const en = {
  'reader.title': 'Your card reader',
  'reader.more':
    'You read your card and key your PIN there. This phone carries what it cannot read.',
  'reader.out': 'No reader is plugged in',
  'reader.out_more': 'Plug it in, then try again.',
  'reader.connect': 'Look for the reader',
  'reader.serial': 'Choose a reader on a serial line',
  'reader.new': 'A reader is plugged in',
  'reader.new_more': 'It is not paired with this wallet yet.',
  'reader.pair': 'Pair',
  'reader.code': 'Six digits on its display',
  'reader.code_wrong': 'Those are not the digits on its display.',
  'reader.in': 'Plugged in and paired',
  'reader.display': 'On its display',
  'reader.at.asking': 'One moment …',
  'reader.at.card':
    'Check shop and amount on the reader, press ENTER, then insert or swipe your card',
  'reader.at.pin': 'Key your PIN at the reader',
  'reader.at.pin_again': 'That PIN was not right. Key it again at the reader',
  'reader.open': 'Card reader',
}
type Column = Readonly<Record<keyof typeof en, string>>

const ja: Column = {
  'reader.title': 'カードリーダー',
  'reader.more':
    'カードの読み取りと暗証番号の入力はリーダーで行います。この端末は中身を読めません。',
  'reader.out': 'リーダーがつながっていません',
  'reader.out_more': 'つないでから、もう一度お試しください。',
  'reader.connect': 'リーダーを探す',
  'reader.serial': 'シリアル接続のリーダーを選ぶ',
  'reader.new': 'リーダーがつながっています',
  'reader.new_more': 'このウォレットとはまだ連携されていません。',
  'reader.pair': '連携する',
  'reader.code': 'リーダーに表示された6桁',
  'reader.code_wrong': 'リーダーに表示された数字と違います。',
  'reader.in': 'つながっています',
  'reader.display': 'リーダーの表示',
  'reader.at.asking': 'お待ちください…',
  'reader.at.card': 'リーダーで店名と金額を確かめ、ENTERを押してからカードを読み取らせてください',
  'reader.at.pin': 'リーダーで暗証番号を入力してください',
  'reader.at.pin_again': '暗証番号が違います。リーダーでもう一度入力してください',
  'reader.open': 'カードリーダー',
}

const ko: Column = {
  'reader.title': '카드 리더',
  'reader.more': '카드 읽기와 PIN 입력은 리더에서 합니다. 이 단말기는 그 내용을 읽을 수 없습니다.',
  'reader.out': '연결된 리더가 없습니다',
  'reader.out_more': '연결한 뒤 다시 시도하세요.',
  'reader.connect': '리더 찾기',
  'reader.serial': '시리얼로 연결된 리더 고르기',
  'reader.new': '리더가 연결되었습니다',
  'reader.new_more': '아직 이 지갑과 짝지어지지 않았습니다.',
  'reader.pair': '짝짓기',
  'reader.code': '리더에 표시된 여섯 자리',
  'reader.code_wrong': '리더에 표시된 숫자가 아닙니다.',
  'reader.in': '연결되어 있습니다',
  'reader.display': '리더 화면',
  'reader.at.asking': '잠시만 기다려 주세요…',
  'reader.at.card': '리더에서 가게와 금액을 확인하고 ENTER를 누른 뒤 카드를 읽히세요',
  'reader.at.pin': '리더에서 PIN을 입력하세요',
  'reader.at.pin_again': 'PIN이 틀렸습니다. 리더에서 다시 입력하세요',
  'reader.open': '카드 리더',
}

export const readerWords = { en, ja, ko }
