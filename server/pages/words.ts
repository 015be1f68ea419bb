/** What the pages say, in one table: a column a language. A test looks for what is missing. */
import type { Party } from '@warifu/protocol/objects'

export const languages = ['en', 'ja', 'ko'] as const
export type Language = (typeof languages)[number]

/** What each language calls itself. */
export const nameOf: Readonly<Record<Language, string>> = {
  en: 'English',
  ja: '日本語',
  ko: '한국어',
}

/** For `Intl`: how money is written. */
export const localeOf: Readonly<Record<Language, string>> = { en: 'en', ja: 'ja-JP', ko: 'ko-KR' }

type Name =
  | 'nav_label'
  | 'nav_start'
  | 'nav_inbox'
  | 'nav_reference'
  | 'nav_errors'
  | 'nav_languages'
  | 'to_content'
  | 'sandbox'
  | 'start_title'
  | 'start_lead'
  | 'you_are_cardholder'
  | 'you_are_shop'
  | 'join_title'
  | 'join_text'
  | 'apply_title'
  | 'apply_text'
  | 'code_title'
  | 'code_text'
  | 'install_title'
  | 'install_text'
  | 'order_title'
  | 'order_text'
  | 'scan_title'
  | 'scan_text'
  | 'approve_title'
  | 'approve_text'
  | 'see_title'
  | 'see_text'
  | 'open_wallet'
  | 'open_inbox'
  | 'open_till'
  | 'no_till'
  | 'who_title'
  | 'who_lead'
  | 'who_party'
  | 'who_has'
  | 'who_number'
  | 'who_phone'
  | 'who_shop'
  | 'who_platform'
  | 'who_vault'
  | 'has_phone'
  | 'has_shop'
  | 'has_platform'
  | 'has_vault'
  | 'reads'
  | 'reads_not'
  | 'more_title'
  | 'more_demo'
  | 'more_reference'
  | 'more_errors'
  | 'inbox_title'
  | 'inbox_lead'
  | 'inbox_empty'
  | 'inbox_live'
  | 'inbox_cut'
  | 'inbox_still'
  | 'inbox_to'
  | 'nav_timelines'
  | 'open_timelines'
  | 'timelines_lead'
  | 'timelines_empty'
  | 'timeline_messages'
  | 'could_read'
  | 'sealed_for'
  | 'signed'
  | 'reported'
  | 'refused'
  | `party_${Party}`

// biome-ignore format: a table reads by its columns
export const words: Readonly<Record<Language, Readonly<Record<Name, string>>>> = {
  en: {
    nav_label: 'Pages', nav_start: 'Start', nav_inbox: 'Inbox', nav_reference: 'API reference', nav_errors: 'Errors', nav_languages: 'Language',
    to_content: 'To the content',
    sandbox: 'Sandbox: no real card, no real money.',
    start_title: 'Your first payment',
    start_lead: 'Two halves must meet before money moves. Take both: be the person with the phone, then the shop. It takes about three minutes.',
    you_are_cardholder: 'You are the cardholder', you_are_shop: 'You are the shop',
    join_title: 'Open the wallet and join', join_text: 'Make a passkey. The wallet makes two keys that never leave this browser.',
    apply_title: 'Apply for a card', apply_text: 'Fill in the form as you like; a good income is approved at once.',
    code_title: 'Read the code', code_text: 'No text message leaves the sandbox. The code for your phone number is in the inbox.',
    install_title: 'Install the card', install_text: 'It arrives sealed for this wallet, and what is inside only the vault can open.',
    order_title: 'Take an order at the till', order_text: 'Choose something, then show the customer the code.',
    scan_title: 'Scan it with the wallet', scan_text: 'By camera; or open the payment’s link, if wallet and till are in one browser.',
    approve_title: 'Read what is asked, and approve', approve_text: 'Shop, place, lines and amount: what you see is what your passkey signs.',
    see_title: 'See what happened', see_text: 'The till says approved within a second. Then see the record: each message, what was sealed in it, and for whom.',
    open_wallet: 'Open the wallet', open_inbox: 'Open the inbox', open_till: 'Open the till', no_till: 'The till runs on a port of its own; the command that started the sandbox printed its address.',
    who_title: 'Who can read the card number?', who_lead: 'In this payment:', who_party: 'Party', who_has: 'What it has', who_number: 'Card number',
    who_phone: 'Phone', who_shop: 'Shop', who_platform: 'Platform', who_vault: 'Vault',
    has_phone: 'a sealed card, last four digits', has_shop: 'a reference, last four digits', has_platform: 'ciphertext, last four digits', has_vault: 'the keys',
    reads: 'can read it', reads_not: 'cannot read it',
    more_title: 'And then', more_demo: 'The same by one command, with every message judged:',
    more_reference: 'Every endpoint, from the contract that the server runs on', more_errors: 'Every error, and what to do',
    nav_timelines: 'Payments', open_timelines: 'Open the payments',
    timelines_lead: 'The newest payments of this sandbox, and for each the whole record: every message, what could be read in it, and what was sealed for whom.',
    timelines_empty: 'No payment yet. Take an order at the till.',
    timeline_messages: 'Every message', could_read: 'Could read', sealed_for: '{what}, sealed for: {party}', signed: 'signed', reported: 'as reported, not seen by the server', refused: 'refused',
    party_cardholder: 'cardholder', party_terminal: 'phone', party_entry_device: 'entry device', party_proximity_device: 'proximity device', party_reader: 'card reader', party_sim: 'SIM', party_bureau: 'card maker', party_merchant: 'shop', party_server: 'platform', party_vault: 'vault', party_ledger: 'ledger',
    inbox_title: 'Inbox', inbox_lead: 'Messages that would have left by SMS. They stay in the sandbox, and everyone who reaches it can read them.',
    inbox_empty: 'No message yet. Apply for a card in the wallet: its code arrives here.',
    inbox_live: 'Live: new messages appear by themselves.', inbox_cut: 'The server does not answer. This is what was known last; it is asked again.', inbox_still: 'This page is not live without scripts: load it again.', inbox_to: 'To {phone}',
  },
  ja: {
    nav_label: 'ページ', nav_start: 'はじめに', nav_inbox: '受信箱', nav_reference: 'API リファレンス', nav_errors: 'エラー', nav_languages: '言語',
    to_content: '本文へ',
    sandbox: 'サンドボックス:本物のカードも、本物のお金も使いません。',
    start_title: 'はじめての支払い',
    start_lead: '割符の両半分が合ってはじめて、お金が動きます。まず電話を持つ人、次に店になって、両方を試してください。3分ほどで終わります。',
    you_are_cardholder: 'あなたはカード利用者', you_are_shop: 'あなたは店',
    join_title: 'ウォレットを開いて登録する', join_text: 'パスキーを作ります。ウォレットは、このブラウザから出ない鍵を2つ作ります。',
    apply_title: 'カードを申し込む', apply_text: '内容は自由です。収入が十分なら、その場で承認されます。',
    code_title: '確認コードを読む', code_text: 'サンドボックスからSMSは送られません。電話番号あてのコードは受信箱に届きます。',
    install_title: 'カードを入れる', install_text: 'カードはこのウォレットあてに封をされて届き、中身を開けられるのは金庫(vault)だけです。',
    order_title: 'レジで注文を受ける', order_text: '品を選び、コードをお客さまに見せます。',
    scan_title: 'ウォレットで読み取る', scan_text: 'カメラで読み取ります。ウォレットとレジが同じブラウザなら、支払いのリンクを開いてもかまいません。',
    approve_title: '内容を読んで、承認する', approve_text: '店、場所、明細、金額。表示されたものに、パスキーが署名します。',
    see_title: '何が起きたかを見る', see_text: 'レジには1秒以内に承認が出ます。支払いの記録を開くと、どの通信に何が、だれあてに封をされていたかが見えます。',
    open_wallet: 'ウォレットを開く', open_inbox: '受信箱を開く', open_till: 'レジを開く', no_till: 'レジは別のポートで動きます。アドレスは、サンドボックスを起動したコマンドが表示しています。',
    who_title: 'カード番号を読めるのはだれか', who_lead: 'この支払いでは:', who_party: '当事者', who_has: '持っているもの', who_number: 'カード番号',
    who_phone: '電話', who_shop: '店', who_platform: 'プラットフォーム', who_vault: '金庫',
    has_phone: '封をされたカード、下4桁', has_shop: '参照番号、下4桁', has_platform: '暗号文、下4桁', has_vault: '鍵',
    reads: '読める', reads_not: '読めない',
    more_title: 'そのあとは', more_demo: '同じことをコマンド1つで。すべての通信が検査されます:',
    more_reference: 'すべてのエンドポイント(サーバーが動かしている契約そのもの)', more_errors: 'すべてのエラーと、その対処',
    nav_timelines: '支払い', open_timelines: '支払いを開く',
    timelines_lead: 'このサンドボックスの新しい支払いと、その記録のすべて。どの通信で何が読めたか、何がだれあてに封をされていたかがわかります。',
    timelines_empty: 'まだ支払いはありません。レジで注文を受けてください。',
    timeline_messages: 'すべての通信', could_read: '読めたもの', sealed_for: '{what}({party}あてに封)', signed: '署名あり', reported: '当事者の申告(サーバーは見ていない)', refused: '拒否',
    party_cardholder: 'カード利用者', party_terminal: '電話', party_entry_device: '入力装置', party_proximity_device: '近距離装置', party_reader: 'カードリーダ', party_sim: 'SIMカード', party_bureau: 'カード製作所', party_merchant: '店', party_server: 'プラットフォーム', party_vault: '金庫', party_ledger: '台帳',
    inbox_title: '受信箱', inbox_lead: 'SMSで送られるはずのメッセージです。サンドボックスの外には出ず、ここに届く人ならだれでも読めます。',
    inbox_empty: 'まだメッセージはありません。ウォレットでカードを申し込むと、コードがここに届きます。',
    inbox_live: '自動更新中:新しいメッセージは自動で現れます。', inbox_cut: 'サーバーが応答しません。表示は最後にわかった内容です。もう一度問い合わせています。', inbox_still: 'スクリプトなしでは自動更新されません。再読み込みしてください。', inbox_to: '{phone} あて',
  },
  ko: {
    nav_label: '페이지', nav_start: '시작', nav_inbox: '수신함', nav_reference: 'API 레퍼런스', nav_errors: '오류', nav_languages: '언어',
    to_content: '본문으로',
    sandbox: '샌드박스: 실제 카드도, 실제 돈도 쓰지 않습니다.',
    start_title: '첫 결제',
    start_lead: '두 반쪽이 맞아야 돈이 움직입니다. 먼저 휴대폰을 가진 사람, 다음에는 가게가 되어 양쪽을 모두 해 보세요. 3분쯤 걸립니다.',
    you_are_cardholder: '당신은 카드 이용자', you_are_shop: '당신은 가게',
    join_title: '지갑을 열고 가입하기', join_text: '패스키를 만듭니다. 지갑은 이 브라우저를 떠나지 않는 키 두 개를 만듭니다.',
    apply_title: '카드 신청하기', apply_text: '내용은 자유입니다. 소득이 충분하면 바로 승인됩니다.',
    code_title: '코드 읽기', code_text: '샌드박스에서는 문자 메시지가 나가지 않습니다. 전화번호로 갈 코드는 수신함에 있습니다.',
    install_title: '카드 설치하기', install_text: '카드는 이 지갑 앞으로 봉인되어 오며, 그 안은 금고(vault)만 열 수 있습니다.',
    order_title: '계산대에서 주문 받기', order_text: '물건을 고르고 손님에게 코드를 보여 주세요.',
    scan_title: '지갑으로 스캔하기', scan_text: '카메라로 스캔합니다. 지갑과 계산대가 한 브라우저에 있으면 결제 링크를 열어도 됩니다.',
    approve_title: '내용을 읽고 승인하기', approve_text: '가게, 장소, 품목, 금액: 보이는 그대로에 패스키가 서명합니다.',
    see_title: '무슨 일이 있었는지 보기', see_text: '계산대에는 1초 안에 승인이 뜹니다. 결제의 기록을 열면 각 통신에 무엇이, 누구 앞으로 봉인되었는지 보입니다.',
    open_wallet: '지갑 열기', open_inbox: '수신함 열기', open_till: '계산대 열기', no_till: '계산대는 따로 포트를 씁니다. 주소는 샌드박스를 시작한 명령이 출력했습니다.',
    who_title: '카드 번호는 누가 읽을 수 있나', who_lead: '이 결제에서:', who_party: '당사자', who_has: '가진 것', who_number: '카드 번호',
    who_phone: '휴대폰', who_shop: '가게', who_platform: '플랫폼', who_vault: '금고',
    has_phone: '봉인된 카드, 끝 네 자리', has_shop: '참조 번호, 끝 네 자리', has_platform: '암호문, 끝 네 자리', has_vault: '키',
    reads: '읽을 수 있음', reads_not: '읽을 수 없음',
    more_title: '그다음에는', more_demo: '같은 일을 명령 하나로, 모든 통신을 검사하면서:',
    more_reference: '모든 엔드포인트(서버가 그대로 따르는 계약)', more_errors: '모든 오류와 대처 방법',
    nav_timelines: '결제', open_timelines: '결제 열기',
    timelines_lead: '이 샌드박스의 새 결제와 그 기록 전부. 어느 통신에서 무엇을 읽을 수 있었고, 무엇이 누구 앞으로 봉인되었는지 보입니다.',
    timelines_empty: '아직 결제가 없습니다. 계산대에서 주문을 받으세요.',
    timeline_messages: '모든 통신', could_read: '읽을 수 있었던 것', sealed_for: '{what} ({party} 앞으로 봉인)', signed: '서명됨', reported: '당사자가 알린 것(서버가 본 것은 아님)', refused: '거부됨',
    party_cardholder: '카드 이용자', party_terminal: '휴대폰', party_entry_device: '입력 장치', party_proximity_device: '근거리장치', party_reader: '카드 리더', party_sim: 'SIM 카드', party_bureau: '카드 제작소', party_merchant: '가게', party_server: '플랫폼', party_vault: '금고', party_ledger: '원장',
    inbox_title: '수신함', inbox_lead: '문자로 나갔을 메시지입니다. 샌드박스 밖으로 나가지 않으며, 여기에 닿는 사람은 누구나 읽을 수 있습니다.',
    inbox_empty: '아직 메시지가 없습니다. 지갑에서 카드를 신청하면 코드가 여기로 옵니다.',
    inbox_live: '실시간: 새 메시지가 저절로 나타납니다.', inbox_cut: '서버가 응답하지 않습니다. 마지막으로 알려진 내용이며, 다시 묻고 있습니다.', inbox_still: '스크립트 없이는 실시간이 아닙니다. 다시 불러오세요.', inbox_to: '{phone} 앞',
  },
}

export type Say = (name: Name, values?: Readonly<Record<string, string>>) => string

export const sayIn =
  (language: Language): Say =>
  (name, values = {}) =>
    words[language][name].replace(/\{(\w+)\}/g, (place, key: string) => values[key] ?? place)

const isLanguage = (text: string): text is Language => languages.some((one) => one === text)

/** What the address asks for (`?lang=`), else the first of the browser's languages that we speak. */
export function languageOf(asked: unknown, acceptLanguage: string | undefined): Language {
  if (typeof asked === 'string' && isLanguage(asked)) return asked
  const weighed = (acceptLanguage ?? '').split(',').map((part) => {
    const [tag = '', quality] = part.trim().split(/\s*;\s*q=/)
    return { language: tag.slice(0, 2).toLowerCase(), weight: Number(quality ?? 1) || 0 }
  })
  const best = weighed.toSorted((a, b) => b.weight - a.weight)
  return best.map(({ language }) => language).find(isLanguage) ?? 'en'
}
