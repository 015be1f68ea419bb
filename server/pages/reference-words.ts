/**
 * What the API reference says around the contract, in three languages: how to ask, who may, the
 * parts, and what a field's description means. What endpoints do: endpoint-words-ja.ts, -ko.ts.
 */
import { contract, type Endpoint } from '@warifu/protocol/contract'
import type { Language } from '@warifu/protocol/language'
import { endpointWordsJa } from './endpoint-words-ja.ts'
import { endpointWordsKo } from './endpoint-words-ko.ts'

type Words = readonly [en: string, ja: string, ko: string]
type Tag = (typeof contract)[keyof typeof contract]['tag']

// biome-ignore format: a table reads by its columns
const tags = {
  'Joining':        ['Joining', '登録', '가입'],
  'Terminals':      ['Terminals', '端末', '단말기'],
  'Applying':       ['Applying', '申し込み', '신청'],
  'Cards':          ['Cards', 'カード', '카드'],
  'Payments':       ['Payments', '支払い', '결제'],
  'Paying':         ['Paying', '支払う', '결제하기'],
  'Entry devices':  ['Entry devices', '入力装置', '입력 장치'],
  'Tokens':         ['Tokens', 'トークン', '토큰'],
  'Webhooks':       ['Webhooks', 'Webhook', '웹훅'],
  'Issuer':         ['Issuer', '発行者', '발급사'],
  'Sandbox':        ['Sandbox', 'サンドボックス', '샌드박스'],
  'API keys':       ['API keys', 'APIキー', 'API 키'],
  'Events':         ['Events', 'イベント', '이벤트'],
  'Operators':      ['Operators', '運用者', '운영자'],
  'Console':        ['Console', 'コンソール', '콘솔'],
  'Acts':           ['Acts', '二人で行う操作', '두 사람이 하는 작업'],
  'Audit':          ['Audit', '監査', '감사'],
  'Plastic':        ['Plastic', 'プラスチックカード', '실물 카드'],
  'Bureau':         ['Bureau', 'カード製作所', '카드 제작소'],
  'New phone':      ['New phone', '新しい携帯端末', '새 휴대전화'],
  'Devices':        ['Devices', '装置', '기기'],
  'Approvals':      ['Approvals', '承認', '승인'],
  'Sales':          ['Sales', '売上', '판매'],
  'Reconciliation': ['Reconciliation', '照合', '대사'],
  'Test kit':       ['Test kit', 'テスト用の機能', '테스트 도구'],
  'Settlements':    ['Settlements', '精算', '정산'],
  'Ledger':         ['Ledger', '台帳', '원장'],
} as const satisfies Record<Tag, Words>

// biome-ignore format: a table reads by its columns
const callers = {
  anyone: ['anyone', 'だれでも', '누구나'],
  merchant: ['merchant (API key, or console session of its user)', '加盟店（APIキー、またはそのユーザーのコンソールのセッション）', '가맹점(API 키, 또는 그 사용자의 콘솔 세션)'],
  session: ['cardholder (session)', 'カード会員（セッション）', '카드 이용자(세션)'],
  terminal: ['terminal (signed request)', '端末（署名されたリクエスト）', '단말기(서명된 요청)'],
  terminal_by_vault: ['terminal (signed request, verified in the vault)', '端末（署名されたリクエスト。検証は金庫で行います）', '단말기(서명된 요청, 검증은 보관소에서)'],
  operator: ['operator (token or console session, with a role)', '運用者（トークンまたはコンソールのセッション、役割が必要）', '운영자(토큰 또는 콘솔 세션, 역할 필요)'],
  console: ['whoever is signed in at the console', 'コンソールにログインしている人', '콘솔에 로그인한 사람'],
  bureau: ['bureau (signed request)', 'カード製作所（署名されたリクエスト）', '카드 제작소(서명된 요청)'],
  sandbox: ['sandbox only', 'サンドボックスのみ', '샌드박스에서만'],
} as const satisfies Record<Endpoint['caller'], Words>

type Role = NonNullable<Endpoint['roles']>[number]
const roles = {
  issuer: ['issuer', '発行者', '발급사'],
  operator: ['operator', '運用者', '운영자'],
  auditor: ['auditor', '監査人', '감사인'],
} as const satisfies Record<Role, Words>

// biome-ignore format: a table reads by its columns
const sayings = {
  lead: ['JSON over HTTP at `{origin}`. Money is whole minor units: 1200 is ¥1,200 or $12.00.', 'HTTPでJSONを`{origin}`に送ります。金額は通貨の最小単位の整数です。1200は¥1,200、または$12.00です。', 'HTTP로 JSON을 `{origin}`에 보냅니다. 금액은 통화의 가장 작은 단위의 정수입니다. 1200은 ¥1,200 또는 $12.00입니다.'],
  asking: ['How to ask', 'リクエストの送り方', '요청하는 방법'],
  merchants: ['Merchants', '加盟店', '가맹점'],
  merchants_text: ['send their secret key: `Authorization: Bearer wk_test_…`. It belongs on a server, never in a page.', '秘密のキーを送ります。`Authorization: Bearer wk_test_…` サーバーに置き、ページには決して置きません。', '비밀 키를 보냅니다: `Authorization: Bearer wk_test_…`. 키는 서버에 두고, 페이지에는 절대 두지 않습니다.'],
  terminals: ['Terminals', '端末', '단말기'],
  terminals_text: ['sign each request (RFC 9421) with a key that never leaves the phone; a write carries the next counter. The same bytes again get the first answer; other bytes under a used counter suspend the terminal.', '携帯端末から出ない鍵で、リクエストごとに署名します（RFC 9421）。書き込みには次のカウンターを付けます。同じバイト列をもう一度送ると、最初の応答が返ります。使用済みのカウンターで別のバイト列を送ると、端末は停止されます。', '휴대전화를 떠나지 않는 키로 요청마다 서명합니다(RFC 9421). 쓰기에는 다음 카운터를 붙입니다. 같은 바이트를 다시 보내면 처음의 응답이 옵니다. 쓴 카운터로 다른 바이트를 보내면 단말기가 정지됩니다.'],
  once: ['Once means once', '一度は一度だけ', '한 번은 한 번'],
  once_text: ['whatever moves money takes an `Idempotency-Key`: the same key and body get the first answer, for ever.', 'お金を動かすリクエストには`Idempotency-Key`を付けます。同じキーと本文には、いつまでも最初の応答が返ります。', '돈을 움직이는 요청에는 `Idempotency-Key`를 붙입니다. 같은 키와 본문에는 언제까지나 처음의 응답이 옵니다.'],
  failures: ['Errors', 'エラー', '오류'],
  failures_text: ['have a `code`, an `advice` and an `outcome`: `performed`, `not_performed` or `unknown`.', '`code`、`advice`、`outcome`を持ちます。`outcome`は`performed`、`not_performed`、`unknown`のいずれかです。', '`code`, `advice`, `outcome`이 있습니다. `outcome`은 `performed`, `not_performed`, `unknown` 가운데 하나입니다.'],
  all_codes: ['All codes', 'すべてのコード', '모든 코드'],
  lists: ['Lists', '一覧', '목록'],
  lists_text: ['are newest first: `limit`, `starting_after`, `next_cursor`.', '新しい順に返ります。`limit`、`starting_after`、`next_cursor`を使います。', '최신순으로 옵니다. `limit`, `starting_after`, `next_cursor`를 씁니다.'],
  streams: ['Streams', 'ストリーム', '스트림'],
  streams_text: ['are `text/event-stream`; send the last `id` back as `Last-Event-ID` and go on where you were, on any server.', '`text/event-stream`です。最後の`id`を`Last-Event-ID`として送ると、どのサーバーでも続きから受け取れます。', '`text/event-stream`입니다. 마지막 `id`를 `Last-Event-ID`로 보내면 어느 서버에서든 이어서 받습니다.'],
  contents: ['All endpoints', 'すべてのエンドポイント', '모든 엔드포인트'],
  query: ['Query', 'クエリ', '쿼리'],
  body: ['Body', '本文', '본문'],
  message: ['Data of each message', '各メッセージのデータ', '각 메시지의 데이터'],
  answer: ['Answer {status}', '応答 {status}', '응답 {status}'],
  caller: ['For: {caller}', '使える人：{caller}', '쓸 수 있는 쪽: {caller}'],
  key: ['needs an Idempotency-Key', 'Idempotency-Keyが必要', 'Idempotency-Key 필요'],
  stream: ['a stream', 'ストリーム', '스트림'],
  optional: ['optional', '省略可', '생략 가능'],
  nothing: ['Nothing.', 'なし', '없음'],
  characters: ['{range} characters', '{range}文字', '{range}자'],
  items: ['{range} items', '{range}件', '{range}개'],
  default: ['default {value}', '既定値 {value}', '기본값 {value}'],
  array: ['array of {type}', '{type}の配列', '{type} 배열'],
  id: ['id {prefix}_…', 'ID {prefix}_…', 'ID {prefix}_…'],
  anything: ['anything', '任意の値', '아무 값'],
} as const satisfies Record<string, Words>

/** By what the contract says in English. A test finds what has no row, and rows of nothing. */
// biome-ignore format: a table reads by its columns
export const descriptions: Readonly<Record<string, readonly [ja: string, ko: string]>> = {
  'Bearer token; shown once': ['Bearerトークン。一度だけ表示します', 'Bearer 토큰. 한 번만 보입니다'],
  'ISO 4217, lower case': ['ISO 4217、小文字', 'ISO 4217, 소문자'],
  'What was verified, masked': ['確認したもの。一部を伏せます', '확인한 것. 일부를 가립니다'],
  'E.164': ['E.164形式', 'E.164 형식'],
  'What of the number may be shown: its first six and last four digits': ['番号のうち示してよい部分。先頭6桁と下4桁', '번호에서 보여도 되는 부분. 앞 여섯 자리와 끝 네 자리'],
  'Seconds until the deadline': ['期限までの秒数', '기한까지의 초'],
  'Stable for this card at this merchant only': ['このカードとこの加盟店の組み合わせでだけ変わりません', '이 카드와 이 가맹점 사이에서만 변하지 않습니다'],
  'Which events; none named: all': ['受け取るイベント。指定しなければすべて', '받을 이벤트. 적지 않으면 전부'],
  'Verifies what arrives (Standard Webhooks)': ['届いたものの検証に使います（Standard Webhooks）', '온 것을 검증합니다(Standard Webhooks)'],
  'Shown once: null where the same request is answered again': ['一度だけ表示します。同じリクエストへの再度の応答ではnullです', '한 번만 보입니다. 같은 요청에 다시 답할 때는 null입니다'],
  'SIZE:HEAD, written down before: finds an end that was cut off': ['前に書き留めたSIZE:HEAD。末尾の切り取りを見つけます', '전에 적어 둔 SIZE:HEAD. 잘려 나간 끝을 찾습니다'],
  'In the fragment of the console’s address /xray#…: no server logs it': ['コンソールのアドレス/xray#…のフラグメント。サーバーのログには残りません', '콘솔 주소 /xray#…의 프래그먼트. 어느 서버의 로그에도 남지 않습니다'],
  'Masked: the last two digits only': ['伏せ字。下2桁だけを示します', '가림. 끝 두 자리만 보입니다'],
  'Shown once': ['一度だけ表示します', '한 번만 보입니다'],
  'ISO 3166-1 alpha-2': ['ISO 3166-1 alpha-2の国コード', 'ISO 3166-1 alpha-2 국가 코드'],
  'RFC 3339, or a date: its first instant, UTC': ['RFC 3339、または日付（その日の最初の瞬間、UTC）', 'RFC 3339, 또는 날짜(그날의 첫 순간, UTC)'],
  'Only there: an endpoint’s name (client), an operation of the vault (vault)': ['そこだけ。エンドポイントの名前（client）、金庫の操作（vault）', '그곳만. 엔드포인트 이름(client), 보관소의 작업(vault)'],
  'Else once': ['指定しなければ1回', '적지 않으면 한 번'],
  'For so long, by the wall clock': ['続く長さ。実際の時計で計ります', '계속되는 시간. 실제 시계로 잽니다'],
}

const columnOf: Readonly<Record<Language, 0 | 1 | 2>> = { en: 0, ja: 1, ko: 2 }

export type ReferenceSay = (
  name: keyof typeof sayings,
  values?: Readonly<Record<string, string>>,
) => string

export const referenceRows = { tags, callers, roles, sayings }

export function referenceWords(language: Language) {
  const at = columnOf[language]
  const summaries = { en: undefined, ja: endpointWordsJa, ko: endpointWordsKo }[language]
  const say: ReferenceSay = (name, values = {}) =>
    sayings[name][at].replace(/\{(\w+)\}/g, (place, key: string) => values[key] ?? place)
  return {
    say,
    tag: (tag: Tag) => tags[tag][at],
    caller: (caller: Endpoint['caller']) => callers[caller][at],
    role: (role: Role) => roles[role][at],
    summary: (name: keyof typeof contract) => summaries?.[name] ?? contract[name].summary,
    description: (english: string) =>
      at === 0 ? english : (descriptions[english]?.[at - 1] ?? english),
  }
}

export type ReferenceWords = ReturnType<typeof referenceWords>
