/** What the wallet says where a person chooses how to show who they are. */
const en = {
  'identity.title': 'Show who you are',
  'identity.lead': 'This card asks for {needed} of these. {done} done.',
  'identity.done': 'Done',
  'identity.in_review': 'A person is looking at it',
  'identity.choose': 'Another way',
  'identity.registered_terminal': 'This phone',
  'identity.registered_terminal_more': 'It proves itself by the key that your passkey vouched for.',
  'identity.issued_card': 'A card that you have',
  'identity.issued_card_more':
    'The sealed card on this phone is shown to the vault. Nothing is paid.',
  'identity.identity_document': 'Passport or identity card',
  'identity.identity_document_more': 'Copy the lines at the bottom, with every < sign.',
  'identity.x509': 'Certificate',
  'identity.x509_more':
    'An authority certifies a key of this phone. The key signs your application and stays here.',
  'identity.phone': 'Code by message',
  'identity.phone_more': 'Six digits to your phone number.',
  'identity.voice': 'Code by call',
  'identity.voice_more': 'A machine calls your number and says six digits.',
  'identity.lines': 'The lines, one under the other',
  'identity.show': 'Show it',
  'identity.no_card': 'There is no card on this phone that can be shown.',
  'certificate.make': 'Make the request',
  'certificate.request': 'Request for a certificate',
  'certificate.request_more': 'Take it to your authority. It holds no secret.',
  'certificate.download': 'Save it as a file',
  'certificate.issued': 'The certificate that was issued',
  'certificate.issued_more': 'The text from BEGIN to END; those above it may follow.',
  'certificate.file': 'Take it from a file',
  'certificate.other_key':
    'This certificate is for another key. It must be issued for the request of this phone.',
}
type Column = Readonly<Record<keyof typeof en, string>>

const ja: Column = {
  'identity.title': 'ご本人の確認',
  'identity.lead': 'このカードでは、次のうち{needed}つが必要です。{done}つ完了。',
  'identity.done': '完了',
  'identity.in_review': '担当者が確認しています',
  'identity.choose': '別の方法',
  'identity.registered_terminal': 'この端末',
  'identity.registered_terminal_more': 'パスキーが保証した鍵で、この端末が自らを証明します。',
  'identity.issued_card': 'お持ちのカード',
  'identity.issued_card_more':
    'この端末にある封をしたカードを保管庫に示します。支払いは起きません。',
  'identity.identity_document': 'パスポートまたは身分証',
  'identity.identity_document_more': '下部の行を、< の記号も含めてすべて写してください。',
  'identity.x509': '電子証明書',
  'identity.x509_more':
    'この端末の鍵を認証局が証明します。鍵はお申し込みに署名し、端末から出ません。',
  'identity.phone': 'メッセージで届くコード',
  'identity.phone_more': '電話番号に6桁の数字を送ります。',
  'identity.voice': '電話で聞くコード',
  'identity.voice_more': '自動音声がお電話し、6桁の数字をお伝えします。',
  'identity.lines': '行をそのまま、改行して',
  'identity.show': '示す',
  'identity.no_card': 'この端末に、示せるカードがありません。',
  'certificate.make': '証明書要求を作る',
  'certificate.request': '証明書要求',
  'certificate.request_more': '認証局にお渡しください。秘密は含まれません。',
  'certificate.download': 'ファイルに保存する',
  'certificate.issued': '発行された証明書',
  'certificate.issued_more': 'BEGIN から END までの文字。上位の証明書が続いてもかまいません。',
  'certificate.file': 'ファイルから読み込む',
  'certificate.other_key':
    'この証明書は別の鍵のものです。この端末の証明書要求に対して発行された証明書が必要です。',
}

const ko: Column = {
  'identity.title': '본인 확인',
  'identity.lead': '이 카드는 다음 중 {needed}가지가 필요합니다. {done}가지 완료.',
  'identity.done': '완료',
  'identity.in_review': '담당자가 살펴보고 있습니다',
  'identity.choose': '다른 방법',
  'identity.registered_terminal': '이 단말기',
  'identity.registered_terminal_more': '패스키가 보증한 키로 단말기가 스스로를 증명합니다.',
  'identity.issued_card': '가지고 계신 카드',
  'identity.issued_card_more': '이 단말기의 봉인된 카드를 보관소에 보입니다. 결제는 없습니다.',
  'identity.identity_document': '여권 또는 신분증',
  'identity.identity_document_more': '아래쪽 줄을 < 기호까지 모두 옮겨 적어 주세요.',
  'identity.x509': '인증서',
  'identity.x509_more':
    '이 단말기의 키를 인증 기관이 증명합니다. 키는 신청에 서명하고 단말기를 떠나지 않습니다.',
  'identity.phone': '메시지로 받는 코드',
  'identity.phone_more': '전화번호로 여섯 자리를 보냅니다.',
  'identity.voice': '전화로 듣는 코드',
  'identity.voice_more': '자동 음성이 전화하여 여섯 자리를 알려 드립니다.',
  'identity.lines': '줄을 그대로, 줄바꿈하여',
  'identity.show': '보이기',
  'identity.no_card': '이 단말기에 보일 수 있는 카드가 없습니다.',
  'certificate.make': '인증서 요청 만들기',
  'certificate.request': '인증서 요청',
  'certificate.request_more': '인증 기관에 제출하세요. 비밀은 들어 있지 않습니다.',
  'certificate.download': '파일로 저장',
  'certificate.issued': '발급된 인증서',
  'certificate.issued_more': 'BEGIN부터 END까지의 글자. 상위 인증서가 이어져도 됩니다.',
  'certificate.file': '파일에서 가져오기',
  'certificate.other_key':
    '이 인증서는 다른 키의 것입니다. 이 단말기의 요청에 대해 발급된 인증서여야 합니다.',
}

export const identityWords = { en, ja, ko }
