/** Everything that the tour says, in every language; nothing is said elsewhere. */
import type { Words } from '@warifu/web/kit'

const en = {
  title: 'Five systems in five minutes',
  lead: 'One idea, five ways in: card data is readable only inside the device that captured it, the phone it was issued to, and the vault. Each button runs one way live, on this very sandbox; its X-ray draws itself from the payment’s own record.',
  label:
    'The people, phones and devices here are simulators of the process “tour”. Server, vault, databases, keys and cryptography are real.',
  language: 'Language',
  run: 'Run it live',
  again: 'Run it again',
  running: 'Running …',
  waiting: 'Its X-ray appears here as soon as the shop asks.',
  done: 'Paid. The merchant’s and the platform’s columns stay empty: that emptiness is the product.',
  failed: 'It stopped: {saw}',
  busy: 'Another system is running. Wait for its end.',
  unreachable: 'The tour’s process does not answer. Is the sandbox still running?',
  count: '{done} of 5 done',
  next: 'What next: be the cardholder yourself in the wallet, and the shop at the till.',
  start: 'Your first payment, step by step',
  S0: 'A card on a phone',
  S0_text:
    'A card is sealed twice, so the phone that carries it cannot read it; the vault opens it for one payment.',
  S1: 'A device in the car',
  S1_text:
    'A till hears a code that tells it nothing; the phone asks, and a chip confirms this one payment.',
  S2: 'A card in the SIM',
  S2_text:
    'One key reads the card out of the SIM after its PIN, sealed before the phone’s page sees it.',
  S3: 'A reader at your own phone',
  S3_text:
    'The vault makes a key pair for this one sale; the reader seals card and PIN to it, and it is destroyed.',
  S4: 'An encrypting keypad in the shop',
  S4_text:
    'What is keyed is encrypted at once; the till carries ciphertext, and the vault alone opens it.',
}
export type TourWord = keyof typeof en

const ja: Readonly<Record<TourWord, string>> = {
  title: '5分でわかる5つのしくみ',
  lead: '考えは一つ、入口は五つ。カード情報を読めるのは、読み取った装置、発行先の携帯端末、そして金庫の中だけです。ボタンを押すと、このサンドボックスで実際に動き、支払いの記録そのものからX線写真が描かれます。',
  label:
    'ここに出てくる人・携帯端末・装置は「tour」プロセスのシミュレータです。サーバ、金庫、データベース、鍵、暗号は本物です。',
  language: '言語',
  run: '実際に動かす',
  again: 'もう一度動かす',
  running: '実行中…',
  waiting: '店が支払いを求めると、ここにX線写真が現れます。',
  done: '支払われました。加盟店とプラットフォームの列は空のまま。その空白こそがこの製品です。',
  failed: '止まりました：{saw}',
  busy: '別のしくみが実行中です。終わるまでお待ちください。',
  unreachable: 'tourプロセスが応答しません。サンドボックスは動いていますか。',
  count: '5つのうち{done}つ完了',
  next: '次は、ウォレットでカード会員に、レジで店になってみてください。',
  start: 'はじめての支払い',
  S0: '携帯端末のカード',
  S0_text:
    'カードは二重に封印され、持ち運ぶ携帯端末にも読めません。金庫が一回の支払いのために開きます。',
  S1: '車の中の装置',
  S1_text:
    'レジは何もわからないコードを受信し、携帯端末が確かめ、チップがこの一回の支払いを認証します。',
  S2: 'SIMの中のカード',
  S2_text: '暗証番号のあと、キー一つでSIMからカードを読み、画面に渡る前に封印します。',
  S3: '自分の携帯端末につなぐリーダー',
  S3_text:
    '金庫がこの売上だけの鍵の対を作り、リーダーがカードと暗証番号を封印します。鍵は破棄されます。',
  S4: '店の暗号化キーパッド',
  S4_text: '入力はただちに暗号化されます。レジが運ぶのは暗号文だけ、開けるのは金庫だけです。',
}

const ko: Readonly<Record<TourWord, string>> = {
  title: '5분에 보는 다섯 시스템',
  lead: '생각은 하나, 입구는 다섯. 카드 정보는 읽어 들인 장치, 발급된 휴대전화, 그리고 보관소 안에서만 읽을 수 있습니다. 버튼을 누르면 이 샌드박스에서 실제로 실행되고, 결제 기록 자체에서 엑스레이가 그려집니다.',
  label:
    '여기의 사람, 휴대전화, 장치는 “tour” 프로세스의 시뮬레이터입니다. 서버, 보관소, 데이터베이스, 키, 암호는 진짜입니다.',
  language: '언어',
  run: '실제로 실행',
  again: '다시 실행',
  running: '실행 중…',
  waiting: '가게가 결제를 요청하면 여기에 엑스레이가 나타납니다.',
  done: '결제되었습니다. 가맹점과 플랫폼의 열은 비어 있습니다. 그 빈자리가 바로 이 제품입니다.',
  failed: '멈췄습니다: {saw}',
  busy: '다른 시스템이 실행 중입니다. 끝날 때까지 기다려 주세요.',
  unreachable: 'tour 프로세스가 응답하지 않습니다. 샌드박스가 실행 중입니까?',
  count: '5개 중 {done}개 완료',
  next: '다음은 지갑에서 카드 이용자가, 계산대에서 가게가 되어 보세요.',
  start: '첫 결제를 단계별로',
  S0: '휴대전화 속의 카드',
  S0_text:
    '카드는 두 번 봉인되어 지니고 있는 휴대전화도 읽지 못합니다. 보관소가 한 번의 결제를 위해 엽니다.',
  S1: '차 안의 기기',
  S1_text:
    '계산대는 아무것도 알 수 없는 코드를 듣고, 휴대전화가 묻고, 칩이 이 결제 하나를 확인합니다.',
  S2: 'SIM 속의 카드',
  S2_text: 'PIN 다음에 키 하나로 SIM에서 카드를 읽고, 화면에 닿기 전에 봉인합니다.',
  S3: '내 휴대전화에 꽂는 리더',
  S3_text: '보관소가 이 거래만의 키 쌍을 만들고, 리더가 카드와 PIN을 봉인합니다. 키는 파기됩니다.',
  S4: '가게의 암호화 키패드',
  S4_text: '입력은 즉시 암호화됩니다. 계산대는 암호문만 나르고, 여는 것은 보관소뿐입니다.',
}

export const words: Words<TourWord> = { en, ja, ko }

type Row = readonly [ja: string, ko: string]

/** The demo's own sentences, in which a run tells its steps (English is theirs). */
// biome-ignore format: a table
export const stepRows: Readonly<Record<string, Row>> = {
  'Aiko joins with a passkey': ['アイコがパスキーで登録する', '아이코가 패스키로 가입'],
  'the terminal enrols, vouched for by the passkey': ['パスキーの保証で端末を登録する', '패스키의 보증으로 휴대전화를 등록'],
  'the terminal is active: it opened what was sealed to it': ['端末宛の封印が開き、端末が有効になった', '휴대전화에 봉인된 것을 열어 휴대전화가 활성화됨'],
  'an application, signed by the terminal': ['端末が署名した申し込み', '휴대전화가 서명한 신청'],
  'the phone number is proved by a code': ['コードで電話番号を確かめる', '코드로 전화번호를 확인'],
  'approved with a limit': ['限度額つきで承認', '한도와 함께 승인'],
  'the card is pulled, installed and confirmed': ['カードを受け取り、導入し、確認する', '카드를 받아 설치하고 확인'],
  'the card is active': ['カードが有効になった', '카드가 활성화됨'],
  'the shop asks, and shows a link': ['店が支払いを求め、リンクを見せる', '가게가 요청하고 링크를 보임'],
  '¥1,200 with the passkey': ['パスキーで¥1,200を払う', '패스키로 ¥1,200 결제'],
  'a device is made: its chip admitted, its keys as key blocks': ['装置を作る：チップを登録し、鍵を鍵ブロックで入れる', '기기 제작: 칩 등록, 키는 키 블록으로'],
  'a till hears a code that tells it nothing': ['レジが、何もわからないコードを受信する', '계산대가 아무것도 알 수 없는 코드를 들음'],
  'its label is scanned: the phone pairs with it': ['ラベルを読み、携帯端末と連携する', '라벨을 스캔해 휴대전화와 연결'],
  'the till asks with what it heard': ['レジが受信したコードで支払いを求める', '계산대가 들은 코드로 요청'],
  'two digits on the till, and nothing of anybody': ['レジには2桁の番号だけ、誰のことも出ない', '계산대에는 두 자리 숫자뿐, 누구의 것도 아님'],
  'the phone is asked': ['携帯端末に問い合わせが届く', '휴대전화에 문의가 도착'],
  'the number is entered, the chip makes its code, the vault verifies both': ['番号を入れ、チップが認証コードを作り、金庫が両方を検証する', '숫자를 입력하고 칩이 코드를 만들고 보관소가 둘 다 검증'],
  'authorised': ['承認された', '승인됨'],
  'the vault writes the SIM by SCP03': ['金庫がSCP03でSIMに書き込む', '보관소가 SCP03으로 SIM에 기록'],
  'page and bridge pair; SIM PIN in its window': ['画面とブリッジを連携し、窓でSIMの暗証番号を入れる', '페이지와 브리지를 연결, 창에서 SIM PIN 입력'],
  '¥300 by one press of a key': ['キー一つで¥300を払う', '키 한 번으로 ¥300 결제'],
  'a reader is paired with the phone and registered': ['リーダーを携帯端末と連携し、登録する', '리더를 휴대전화와 짝짓고 등록'],
  'the shop asks by telephone number; the person says yes': ['店が電話番号で求め、本人が「はい」と答える', '가게가 전화번호로 요청하고 본인이 승낙'],
  'the chip is read and sealed for this sale': ['チップを読み、この売上のために封印する', '칩을 읽어 이 거래용으로 봉인'],
  'the PIN is keyed at the reader and sealed in the same context': ['リーダーで暗証番号を入れ、同じ鍵で封印する', '리더에서 PIN을 입력하고 같은 키로 봉인'],
  'the shop is told: authorized': ['店に承認が伝わる', '가게에 승인이 전달됨'],
  'an operator admits the device; its keys are loaded': ['運用者が入力装置を登録し、鍵を入れる', '운영자가 입력 장치를 등록하고 키를 넣음'],
  'the card is keyed in and pays': ['カードを入力して支払う', '카드를 입력해 결제'],
}

/** A step in this language; a sentence that has no row is shown as the demo says it. */
export const stepIn = (language: 'en' | 'ja' | 'ko', name: string): string =>
  language === 'en' ? name : (stepRows[name]?.[language === 'ja' ? 0 : 1] ?? name)
