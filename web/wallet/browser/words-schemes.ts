/** What the wallet says of the way in which a card is kept (its scheme). */
const en = {
  'scheme.label': 'How the card is kept',
  'scheme.terminal_sealed': 'This phone alone',
  'scheme.terminal_sealed_more': 'The card is on this phone, readable here and nowhere else.',
  'scheme.server_sealed': 'Sealed by the vault',
  'scheme.server_sealed_more': 'This phone keeps the card, and cannot read its number.',
  'scheme.double_sealed': 'Sealed twice',
  'scheme.double_sealed_more':
    'It travels to this phone under a second seal; its number cannot be read here.',
  'scheme.payment_key': 'Sealed for each payment',
  'scheme.payment_key_more': 'Each payment seals it once more, to a key that is yours alone.',
  'scheme.activation_number': 'With a one-time number',
  'scheme.activation_number_more':
    'It was dead until this phone sent a number back; only this phone can pay with it.',
  'trouble.scheme_mismatch': 'The card came another way than you asked for. It was not taken.',
  'trouble.key_invalid':
    'What came is not signed by the vault that this phone knows. It was not taken.',
}

type Column = { readonly [W in keyof typeof en]: string }

const ja: Column = {
  'scheme.label': 'カードの保管方法',
  'scheme.terminal_sealed': 'この端末だけに',
  'scheme.terminal_sealed_more': 'カードはこの端末にあり、ここでだけ読めます。',
  'scheme.server_sealed': '金庫の封',
  'scheme.server_sealed_more': 'この端末はカードを預かりますが、番号は読めません。',
  'scheme.double_sealed': '二重の封',
  'scheme.double_sealed_more': 'もう一つの封をして届きます。番号はここでは読めません。',
  'scheme.payment_key': '支払いごとの封',
  'scheme.payment_key_more': '支払いのたびに、あなただけの鍵でもう一度封をします。',
  'scheme.activation_number': '使い捨て番号つき',
  'scheme.activation_number_more':
    'この端末が番号を返すまで使えませんでした。支払えるのはこの端末だけです。',
  'trouble.scheme_mismatch': 'お申し込みと違う方法でカードが届きました。受け取っていません。',
  'trouble.key_invalid': '届いたものに、この端末が知る金庫の署名がありません。受け取っていません。',
}

const ko: Column = {
  'scheme.label': '카드 보관 방법',
  'scheme.terminal_sealed': '이 단말기에만',
  'scheme.terminal_sealed_more': '카드는 이 단말기에 있고 여기에서만 읽을 수 있습니다.',
  'scheme.server_sealed': '보관소의 봉인',
  'scheme.server_sealed_more': '이 단말기는 카드를 보관하지만 번호는 읽을 수 없습니다.',
  'scheme.double_sealed': '이중 봉인',
  'scheme.double_sealed_more': '봉인을 하나 더 하고 옵니다. 번호는 여기에서 읽을 수 없습니다.',
  'scheme.payment_key': '결제마다 봉인',
  'scheme.payment_key_more': '결제할 때마다 당신만의 키로 다시 봉인합니다.',
  'scheme.activation_number': '일회용 번호와 함께',
  'scheme.activation_number_more':
    '이 단말기가 번호를 돌려줄 때까지 쓸 수 없었습니다. 이 단말기만 결제할 수 있습니다.',
  'trouble.scheme_mismatch': '신청과 다른 방법으로 카드가 왔습니다. 받지 않았습니다.',
  'trouble.key_invalid': '온 것에 이 단말기가 아는 보관소의 서명이 없습니다. 받지 않았습니다.',
}

export const schemeWords = { en, ja, ko }
