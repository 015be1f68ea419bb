/** What the pages say, in one table: a column a language. A test looks for what is missing. */
import { acceptedLanguage, isLanguage, type Language } from '@warifu/protocol/language'

/** What each language calls itself. */
export const nameOf: Readonly<Record<Language, string>> = {
  en: 'English',
  ja: '日本語',
  ko: '한국어',
}

export type Name =
  | 'errors_lead'
  | 'to_cardholder'
  | 'to_merchant'
  | 'to_operator'
  | 'what_to_do'
  | 'who_answers'
  | 'retry_now'
  | 'retry_later'
  | 'do_not_retry'
  | 'fix_request'
  | 'request_approval_again'
  | 'use_other_card'
  | 'contact_issuer'
  | 'nav_label'
  | 'nav_start'
  | 'nav_inbox'
  | 'nav_reference'
  | 'nav_errors'
  | 'nav_guides'
  | 'guides_lead'
  | 'guides_start'
  | 'guides_cards'
  | 'guides_devices'
  | 'guides_merchants'
  | 'guides_operators'
  | 'guides_errors'
  | 'guides_house'
  | 'guides_reference'
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
  | 'tour_title'
  | 'tour_text'
  | 'open_tour'
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
  | 'more_console'
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
  | 'open_payments'

// biome-ignore format: a table reads by its columns
export const words: Readonly<Record<Language, Readonly<Record<Name, string>>>> = {
  en: {
    nav_guides: 'Guides', guides_lead: 'How to use Warifu, run it, and check what it promises.',
    guides_start: 'Begin here', guides_cards: 'Cards and phones', guides_devices: 'Devices',
    guides_merchants: 'For merchants and their developers', guides_operators: 'For operators', guides_errors: 'Errors in words', guides_house: 'The house', guides_reference: 'Reference',
    errors_lead: 'Every answer that is no success has one of these codes, says what to do, and whether money moved. Money that moved is never called declined.', to_cardholder: 'To the cardholder', to_merchant: 'To the merchant', to_operator: 'To the operator', what_to_do: 'What to do', who_answers: 'Who may answer with it', retry_now: 'Send the same request again.', retry_later: 'Send the same request again after a while.', do_not_retry: 'Sending it again brings the same answer.', fix_request: 'Correct the request.', request_approval_again: 'Ask the cardholder anew.', use_other_card: 'Another card may do.', contact_issuer: 'The issuer has to look at it.',
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
    tour_title: 'Five systems in five minutes',
    tour_text: 'Watch every way of paying run live on this sandbox, with an X-ray of who could read what.',
    open_tour: 'Open the tour',
    open_wallet: 'Open the wallet', open_inbox: 'Open the inbox', open_till: 'Open the till', no_till: 'The till runs on a port of its own; the command that started the sandbox printed its address.',
    who_title: 'Who can read the card number?', who_lead: 'In this payment:', who_party: 'Party', who_has: 'What it has', who_number: 'Card number',
    who_phone: 'Phone', who_shop: 'Shop', who_platform: 'Platform', who_vault: 'Vault',
    has_phone: 'a sealed card, last four digits', has_shop: 'a reference, last four digits', has_platform: 'ciphertext, last four digits', has_vault: 'the keys',
    reads: 'can read it', reads_not: 'cannot read it',
    more_title: 'And then', more_console: 'The console: be an issuer, an operator, an auditor or the shop’s owner', more_demo: 'The same by one command, with every message judged:',
    more_reference: 'Every endpoint, from the contract that the server runs on', more_errors: 'Every error, and what to do',
    open_payments: 'Open the payments',
    inbox_title: 'Inbox', inbox_lead: 'Messages that would have left by SMS. They stay in the sandbox, and everyone who reaches it can read them.',
    inbox_empty: 'No message yet. Apply for a card in the wallet: its code arrives here.',
    inbox_live: 'Live: new messages appear by themselves.', inbox_cut: 'The server does not answer. This is what was known last; it is asked again.', inbox_still: 'This page is not live without scripts: load it again.', inbox_to: 'To {phone}',
  },
  ja: {
    nav_guides: 'ガイド', guides_lead: 'Warifuの使い方、動かし方、約束の確かめ方です。',
    guides_start: '最初に', guides_cards: 'カードと携帯端末', guides_devices: '装置',
    guides_merchants: '加盟店と開発者のために', guides_operators: '運用する人のために', guides_errors: 'エラーの言葉', guides_house: 'このソフトウェアのつくり', guides_reference: 'リファレンス',
    errors_lead: '成功でない答えには、必ずこの中のコードがあり、何をすればよいか、お金が動いたかを伝えます。動いたお金を「拒否」とは呼びません。', to_cardholder: 'カード会員へ', to_merchant: '加盟店へ', to_operator: '運用者へ', what_to_do: 'どうするか', who_answers: 'この答えを返すもの', retry_now: '同じリクエストをもう一度送ります。', retry_later: 'しばらくしてから、同じリクエストを送ります。', do_not_retry: 'もう一度送っても、答えは同じです。', fix_request: 'リクエストを直します。', request_approval_again: 'カード会員にもう一度たずねます。', use_other_card: '別のカードなら使えることがあります。', contact_issuer: '発行者の確認が必要です。',
    nav_label: 'ページ', nav_start: 'はじめに', nav_inbox: '受信箱', nav_reference: 'API リファレンス', nav_errors: 'エラー', nav_languages: '言語',
    to_content: '本文へ',
    sandbox: 'サンドボックス：本物のカードも、本物のお金も使いません。',
    start_title: 'はじめての支払い',
    start_lead: '割符の両半分が合ってはじめて、お金が動きます。まず携帯端末を持つ人、次に店になって、両方を試してください。3分ほどで終わります。',
    you_are_cardholder: 'あなたはカード会員', you_are_shop: 'あなたは店',
    join_title: 'ウォレットを開いて登録する', join_text: 'パスキーを作ります。ウォレットは、このブラウザから出ない鍵を2つ作ります。',
    apply_title: 'カードを申し込む', apply_text: '内容は自由です。収入が十分なら、その場で承認されます。',
    code_title: '確認コードを読む', code_text: 'サンドボックスからSMSは送られません。電話番号あてのコードは受信箱に届きます。',
    install_title: 'カードを入れる', install_text: 'カードはこのウォレットあてに封をされて届き、中身を開けられるのは金庫（vault）だけです。',
    order_title: 'レジで注文を受ける', order_text: '品を選び、コードをお客様に見せます。',
    scan_title: 'ウォレットで読み取る', scan_text: 'カメラで読み取ります。ウォレットとレジが同じブラウザなら、支払いのリンクを開いてもかまいません。',
    approve_title: '内容を読んで、承認する', approve_text: '店、場所、明細、金額。表示されたものに、パスキーが署名します。',
    see_title: '何が起きたかを見る', see_text: 'レジには1秒以内に承認が出ます。支払いの記録を開くと、どの通信に何が、だれあてに封をされていたかが見えます。',
    tour_title: '5分でわかる5つのしくみ',
    tour_text: 'すべての支払い方がこのサンドボックスで実際に動くのを見て、だれが何を読めたかをX線写真で確かめます。',
    open_tour: 'ツアーを開く',
    open_wallet: 'ウォレットを開く', open_inbox: '受信箱を開く', open_till: 'レジを開く', no_till: 'レジは別のポートで動きます。アドレスは、サンドボックスを起動したコマンドが表示しています。',
    who_title: 'カード番号を読めるのはだれか', who_lead: 'この支払いでは：', who_party: '当事者', who_has: '持っているもの', who_number: 'カード番号',
    who_phone: '携帯端末', who_shop: '店', who_platform: 'プラットフォーム', who_vault: '金庫',
    has_phone: '封をされたカード、下4桁', has_shop: '参照番号、下4桁', has_platform: '暗号文、下4桁', has_vault: '鍵',
    reads: '読める', reads_not: '読めない',
    more_title: 'そのあとは', more_console: 'コンソール：発行者、運用者、監査人、店主になってみる', more_demo: '同じことをコマンド1つで。すべての通信が検査されます：',
    more_reference: 'すべてのエンドポイント（サーバー自身が従うAPI定義から）', more_errors: 'すべてのエラーと、その対処',
    open_payments: '支払いを開く',
    inbox_title: '受信箱', inbox_lead: 'SMSで送られるはずのメッセージです。サンドボックスの外には出ず、ここに届く人ならだれでも読めます。',
    inbox_empty: 'まだメッセージはありません。ウォレットでカードを申し込むと、コードがここに届きます。',
    inbox_live: '自動更新中：新しいメッセージは自動で現れます。', inbox_cut: 'サーバーが応答しません。表示は最後にわかった内容です。もう一度問い合わせています。', inbox_still: 'スクリプトなしでは自動更新されません。再読み込みしてください。', inbox_to: '{phone} あて',
  },
  ko: {
    nav_guides: '가이드', guides_lead: 'Warifu를 쓰고, 운영하고, 약속을 확인하는 방법입니다.',
    guides_start: '먼저 읽을 것', guides_cards: '카드와 휴대전화', guides_devices: '기기',
    guides_merchants: '가맹점과 개발자를 위해', guides_operators: '운영자를 위해', guides_errors: '오류의 말', guides_house: '이 소프트웨어의 구조', guides_reference: '레퍼런스',
    errors_lead: '성공이 아닌 모든 답에는 이 가운데 하나의 코드가 있고, 무엇을 해야 하는지, 돈이 움직였는지를 말합니다. 움직인 돈을 "거절"이라고 하지 않습니다.', to_cardholder: '카드 이용자에게', to_merchant: '가맹점에게', to_operator: '운영자에게', what_to_do: '해야 할 일', who_answers: '이 답을 하는 곳', retry_now: '같은 요청을 다시 보냅니다.', retry_later: '잠시 뒤에 같은 요청을 다시 보냅니다.', do_not_retry: '다시 보내도 같은 답이 옵니다.', fix_request: '요청을 고칩니다.', request_approval_again: '카드 이용자에게 새로 물어봅니다.', use_other_card: '다른 카드로는 될 수 있습니다.', contact_issuer: '발급사가 확인해야 합니다.',
    nav_label: '페이지', nav_start: '시작', nav_inbox: '수신함', nav_reference: 'API 레퍼런스', nav_errors: '오류', nav_languages: '언어',
    to_content: '본문으로',
    sandbox: '샌드박스: 실제 카드도, 실제 돈도 쓰지 않습니다.',
    start_title: '첫 결제',
    start_lead: '두 반쪽이 맞아야 돈이 움직입니다. 먼저 휴대전화를 가진 사람, 다음에는 가게가 되어 양쪽을 모두 해 보세요. 3분쯤 걸립니다.',
    you_are_cardholder: '당신은 카드 이용자', you_are_shop: '당신은 가게',
    join_title: '지갑을 열고 가입하기', join_text: '패스키를 만듭니다. 지갑은 이 브라우저를 떠나지 않는 키 두 개를 만듭니다.',
    apply_title: '카드 신청하기', apply_text: '내용은 자유입니다. 소득이 충분하면 바로 승인됩니다.',
    code_title: '코드 읽기', code_text: '샌드박스에서는 문자 메시지가 나가지 않습니다. 전화번호로 갈 코드는 수신함에 있습니다.',
    install_title: '카드 설치하기', install_text: '카드는 이 지갑 앞으로 봉인되어 오며, 그 안은 보관소(vault)만 열 수 있습니다.',
    order_title: '계산대에서 주문 받기', order_text: '물건을 고르고 고객에게 코드를 보여 주세요.',
    scan_title: '지갑으로 스캔하기', scan_text: '카메라로 스캔합니다. 지갑과 계산대가 한 브라우저에 있으면 결제 링크를 열어도 됩니다.',
    approve_title: '내용을 읽고 승인하기', approve_text: '가게, 장소, 품목, 금액: 보이는 그대로에 패스키가 서명합니다.',
    see_title: '무슨 일이 있었는지 보기', see_text: '계산대에는 1초 안에 승인이 뜹니다. 결제의 기록을 열면 각 통신에 무엇이, 누구 앞으로 봉인되었는지 보입니다.',
    tour_title: '5분에 보는 다섯 시스템',
    tour_text: '모든 결제 방식이 이 샌드박스에서 실제로 실행되는 것을 보고, 누가 무엇을 읽을 수 있었는지 엑스레이로 확인합니다.',
    open_tour: '투어 열기',
    open_wallet: '지갑 열기', open_inbox: '수신함 열기', open_till: '계산대 열기', no_till: '계산대는 따로 포트를 씁니다. 주소는 샌드박스를 시작한 명령이 출력했습니다.',
    who_title: '카드 번호는 누가 읽을 수 있나', who_lead: '이 결제에서:', who_party: '당사자', who_has: '가진 것', who_number: '카드 번호',
    who_phone: '휴대전화', who_shop: '가게', who_platform: '플랫폼', who_vault: '보관소',
    has_phone: '봉인된 카드, 끝 네 자리', has_shop: '참조 번호, 끝 네 자리', has_platform: '암호문, 끝 네 자리', has_vault: '키',
    reads: '읽을 수 있음', reads_not: '읽을 수 없음',
    more_title: '그다음에는', more_console: '콘솔: 발급사, 운영자, 감사인, 점주가 되어 보기', more_demo: '같은 일을 명령 하나로, 모든 통신을 검사하면서:',
    more_reference: '모든 엔드포인트(서버가 그대로 따르는 API 정의)', more_errors: '모든 오류와 대처 방법',
    open_payments: '결제 열기',
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

/** What the address asks for (`?lang=`), else the first of the browser's languages that we speak. */
export const languageOf = (asked: unknown, header: string | undefined): Language =>
  typeof asked === 'string' && isLanguage(asked) ? asked : acceptedLanguage(header)
