/** What the scheme pictures say, in Japanese and Korean, by the English of their steps. */
import type { Language } from '@warifu/protocol/language'

// biome-ignore format: a table
export const schemeWords: Readonly<Record<string, readonly [ja: string, ko: string]>> = {
  'who sends what to whom': ['だれがだれに何を送るか', '누가 누구에게 무엇을 보내나'],
  'terminal': ['携帯端末', '단말기'],
  'shop':     ['店', '가게'],
  'server':   ['サーバー', '서버'],
  'vault':    ['金庫', '보관소'],
  'bureau':   ['カード製作所', '카드 제작소'],

  'applying': ['申し込み', '신청'],
  'application, signed': ['署名付きの申し込み', '서명한 신청'],
  'make the card': ['カードを作る', '카드를 만듦'],
  'paying': ['支払い', '결제'],
  'link': ['リンク', '링크'],
  'card reference': ['カード参照', '카드 참조'],
  'authorised': ['承認', '승인'],
  'who sends? then open': ['送り手を確かめて開封', '보낸 이 확인 후 개봉'],
  'what I keep: digest': ['保管物のダイジェスト', '보관물의 다이제스트'],
  'card, payment key': ['カード、決済鍵', '카드, 결제 키'],
  'blob': ['封印データ', '봉인 데이터'],
  'peeled; what I keep: digest': ['層をはがし、保管物のダイジェスト', '벗긴 뒤 보관물의 다이제스트'],
  'blob, key of its owner’s': ['封印データ、本人の鍵', '봉인 데이터, 소유자의 키'],
  'blob, number, secret': ['封印データ、番号、秘密', '봉인 데이터, 번호, 비밀'],
  'the number, signed': ['署名付きの番号', '서명한 번호'],
  'consume it, once': ['一度だけ使う', '한 번만 씀'],
  'activating: dead until then': ['有効化：それまでは使えない', '활성화: 그때까지 쓸 수 없음'],

  'card, signed, passkey': ['カード、署名、パスキー', '카드, 서명, 패스키'],
  'the same blob, signed, passkey': ['同じ封印データ、署名、パスキー', '같은 봉인 데이터, 서명, 패스키'],
  'the blob inside, signed, passkey': ['内側の封印データ、署名、パスキー', '안쪽 봉인 데이터, 서명, 패스키'],
  'blob, signed, passkey': ['封印データ、署名、パスキー', '봉인 데이터, 서명, 패스키'],

  'card → terminal': ['カード → 携帯端末', '카드 → 단말기'],
  'card → vault': ['カード → 金庫', '카드 → 보관소'],
  'card → vault, this payment': ['カード → 金庫、この支払い', '카드 → 보관소, 이 결제'],
  '(card → vault) → terminal': ['（カード → 金庫）→ 携帯端末', '(카드 → 보관소) → 단말기'],
  '(card → vault) → owner’s key, this payment': [
    '（カード → 金庫）→ 本人の鍵、この支払い',
    '(카드 → 보관소) → 소유자의 키, 이 결제',
  ],
  '(card → vault), number, secret → terminal': [
    '（カード → 金庫）、番号、秘密 → 携帯端末',
    '(카드 → 보관소), 번호, 비밀 → 단말기',
  ],
  '(card → vault) → vault, under the secret': ['（カード → 金庫）→ 金庫、秘密で', '(카드 → 보관소) → 보관소, 비밀로'],

  'making plastic: dead until it is in hand': [
    'プラスチックカードの製作：手元に届くまで使えない',
    '실물 카드 제작: 손에 올 때까지 쓸 수 없음',
  ],
  'order, signed, passkey': ['注文、署名、パスキー', '주문, 서명, 패스키'],
  'who orders? then the job': ['注文者を確かめて製作依頼', '주문자 확인 후 제작 작업'],
  'job': ['製作依頼', '제작 작업'],
  'job, as it waits there': ['待っていた製作依頼', '기다리던 제작 작업'],
  'card, chip keys → bureau': ['カード、チップの鍵 → カード製作所', '카드, 칩 키 → 카드 제작소'],
  'accepted … delivered, signed': ['受付 … 配達、署名付き', '접수 … 배달, 서명'],
  'activating: from the applying phone': ['有効化：申し込んだ携帯端末から', '활성화: 신청한 휴대전화에서'],
  'page': ['ページ', '페이지'],
  'nonce → terminal': ['ノンス → 携帯端末', '논스 → 단말기'],
  'nonce, what was read, finding; signed': ['ノンス、読み取り、判定、署名', '논스, 읽은 것, 판정, 서명'],
  'what was read → vault': ['読み取り → 金庫', '읽은 것 → 보관소'],
  'is it that plastic?': ['そのカードかを照合', '그 실물 카드인지 대조'],
}

/** In English a step says itself. */
export function schemeWord(english: string, language: Language): string {
  if (language === 'en') return english
  const row = schemeWords[english]
  if (row === undefined) throw new Error(`no words for: ${english}`)
  return row[language === 'ja' ? 0 : 1]
}
