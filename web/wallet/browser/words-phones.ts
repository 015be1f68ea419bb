/** What the wallet says about the phones of one person. */
const en = {
  'phones.title': 'Phones',
  'phones.lead': 'Each phone has keys and cards of its own.',
  'phones.current': 'This phone',
  'phones.unnamed': 'A phone',
  'phones.stopped': 'Stopped: two copies were in use',
  'phones.added': 'Added',
  'phones.used': 'Last used',
  'phones.cards': 'Cards',
  'phones.no_card': 'None',
  'phones.remove': 'Remove',
  'phones.sure': 'Remove {name}?',
  'phones.sure_more':
    'It stops at once: nobody can pay with it any more. Its cards come to this phone.',
  'phones.yes': 'Remove with the passkey',
  'phones.keep': 'Keep it',
  'phones.removed': 'Removed',
  'phones.removed_more': 'Nobody can pay with that phone any more. No money has moved.',
  'phones.coming': 'Cards wait to come to this phone',
  'phones.bring': 'Bring them here',
}
type Column = Readonly<Record<keyof typeof en, string>>

const ja: Column = {
  'phones.title': '端末',
  'phones.lead': '端末ごとに鍵とカードがあります。',
  'phones.current': 'この端末',
  'phones.unnamed': '端末',
  'phones.stopped': '停止中：コピーが2つ使われました',
  'phones.added': '登録',
  'phones.used': '最後の利用',
  'phones.cards': 'カード',
  'phones.no_card': 'なし',
  'phones.remove': '削除する',
  'phones.sure': '{name} を削除しますか？',
  'phones.sure_more': 'すぐに使えなくなり、だれも支払えません。カードはこの端末に移ります。',
  'phones.yes': 'パスキーで削除する',
  'phones.keep': '残す',
  'phones.removed': '削除しました',
  'phones.removed_more': 'その端末ではもう支払えません。お金は動いていません。',
  'phones.coming': 'この端末に移るカードがあります',
  'phones.bring': 'ここに移す',
}

const ko: Column = {
  'phones.title': '단말기',
  'phones.lead': '단말기마다 키와 카드가 따로 있습니다.',
  'phones.current': '이 단말기',
  'phones.unnamed': '단말기',
  'phones.stopped': '정지됨: 복사본 두 개가 사용되었습니다',
  'phones.added': '등록',
  'phones.used': '마지막 사용',
  'phones.cards': '카드',
  'phones.no_card': '없음',
  'phones.remove': '삭제',
  'phones.sure': '{name} 단말기를 삭제할까요?',
  'phones.sure_more':
    '즉시 멈추며 아무도 그 단말기로 결제할 수 없습니다. 카드는 이 단말기로 옵니다.',
  'phones.yes': '패스키로 삭제',
  'phones.keep': '그대로 두기',
  'phones.removed': '삭제되었습니다',
  'phones.removed_more': '그 단말기로는 더 이상 결제할 수 없습니다. 돈은 움직이지 않았습니다.',
  'phones.coming': '이 단말기로 올 카드가 있습니다',
  'phones.bring': '여기로 옮기기',
}

export const phonesWords = { en, ja, ko }
