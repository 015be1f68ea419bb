/** What the till says about the ways of asking a customer, in every language. */
const en = {
  payHow: 'How the customer pays',
  payLink: 'The customer scans',
  payCode: 'I scan the customer’s code',
  payPhone: 'By telephone number',
  codeLabel: 'Code on the customer’s phone',
  codeHint: 'Hold the phone before the camera, or type the code.',
  codeBad: 'This is not a whole code. Read it once more.',
  codeRead: 'Code read. Ask now.',
  phoneLabel: 'Number with country code',
  phoneBad: 'Begin with + and the country code, as in +81 90 1234 5678.',
  savedCard: 'Charge the card kept for this customer, ···· {last4}',
  camera: 'Picture of the camera',
  noCamera: 'The camera cannot be used here. Type the code.',
  rings: 'The customer’s phone rings. Waiting for the approval.',
  askedThere: 'Asked on the customer’s phone. Waiting for the approval.',
  keptTitle: 'Kept for next time',
  kept: 'The next order of this number can be charged without ringing.',
}
type Column = Readonly<Record<keyof typeof en, string>>

const ja: Column = {
  payHow: 'お支払い方法',
  payLink: 'お客様が読み取る',
  payCode: 'お客様のコードを読み取る',
  payPhone: '電話番号で',
  codeLabel: 'お客様の電話のコード',
  codeHint: '電話をカメラに向けるか、コードを入力してください。',
  codeBad: 'コードが正しくありません。もう一度読み取ってください。',
  codeRead: '読み取りました。請求できます。',
  phoneLabel: '国番号つきの電話番号',
  phoneBad: '+ と国番号から入力してください。例: +81 90 1234 5678',
  savedCard: '保存されたカード ···· {last4} に請求する',
  camera: 'カメラの映像',
  noCamera: 'ここではカメラを使えません。コードを入力してください。',
  rings: 'お客様の電話を呼び出しています。承認を待っています。',
  askedThere: 'お客様の電話で確認中です。承認を待っています。',
  keptTitle: '次回のために保存しました',
  kept: 'この番号の次の注文は、呼び出さずに請求できます。',
}

const ko: Column = {
  payHow: '결제 방법',
  payLink: '고객이 스캔',
  payCode: '고객의 코드를 스캔',
  payPhone: '전화번호로',
  codeLabel: '고객 전화의 코드',
  codeHint: '전화를 카메라에 대거나 코드를 입력하세요.',
  codeBad: '올바른 코드가 아닙니다. 다시 읽어 주세요.',
  codeRead: '읽었습니다. 이제 요청하세요.',
  phoneLabel: '국가 번호를 포함한 전화번호',
  phoneBad: '+와 국가 번호로 시작하세요. 예: +81 90 1234 5678',
  savedCard: '저장된 카드 ···· {last4}로 청구',
  camera: '카메라 화면',
  noCamera: '여기서는 카메라를 쓸 수 없습니다. 코드를 입력하세요.',
  rings: '고객의 전화가 울립니다. 승인을 기다리는 중입니다.',
  askedThere: '고객의 전화에 물었습니다. 승인을 기다리는 중입니다.',
  keptTitle: '다음을 위해 저장했습니다',
  kept: '이 번호의 다음 주문은 전화 없이 청구할 수 있습니다.',
}

export const payWords = { en, ja, ko }
