/** What a wallet says that was stopped: loaded only there. */
const en = {
  'stopped.title': 'This wallet was stopped',
  'stopped.forked': 'Two copies of this wallet are in use',
  'stopped.forked_more':
    'To protect you, nobody can pay with its keys any more. If you did not copy it, somebody did.',
  'stopped.other': 'Its keys can no longer pay',
  'stopped.other_more': 'No money moves from here.',
  'stopped.what': 'What happened?',
  'stopped.anew': 'Register this phone anew',
  'stopped.anew_more': 'It gets new keys; the cards on it must be applied for again.',
  'stopped.removed_title': 'This phone was removed',
  'stopped.removed': 'Another phone of yours removed it, and has its cards',
  'stopped.removed_more': 'No money moves from here. Was it not you? Call your issuer.',
  'stopped.replaced': 'Your cards are on another phone',
  'stopped.asked_next': 'It gets new keys, and your other phone is asked to let it in.',
}
type Column = Readonly<Record<keyof typeof en, string>>

const ja: Column = {
  'stopped.title': 'このウォレットは停止されました',
  'stopped.forked': 'このウォレットのコピーが2つ使われています',
  'stopped.forked_more':
    'お守りするため、この端末の鍵を停止しました。この鍵ではもうだれも支払えません。ご自分でコピーしていない場合は、だれかがコピーしています。',
  'stopped.other': 'この鍵ではもう支払えません',
  'stopped.other_more': 'ここからお金が動くことはありません。',
  'stopped.what': '何が起きましたか？',
  'stopped.anew': 'この端末を登録し直す',
  'stopped.anew_more': '新しい鍵を作ります。カードは改めてお申し込みください。',
  'stopped.removed_title': 'この端末は削除されました',
  'stopped.removed': 'お客様の別の端末から削除されました。カードはその端末にあります',
  'stopped.removed_more':
    'ここからお金は動きません。お心当たりがなければ、発行者にご連絡ください。',
  'stopped.replaced': 'カードは別の端末にあります',
  'stopped.asked_next': '新しい鍵を作り、別の端末で承認します。',
}

const ko: Column = {
  'stopped.title': '이 지갑은 정지되었습니다',
  'stopped.forked': '이 지갑의 복사본 두 개가 사용되고 있습니다',
  'stopped.forked_more':
    '보호를 위해 이 단말기의 키를 정지했습니다. 이제 아무도 이 키로 결제할 수 없습니다. 직접 복사하지 않았다면 다른 사람이 복사한 것입니다.',
  'stopped.other': '이 키로는 더 이상 결제할 수 없습니다',
  'stopped.other_more': '여기서 돈은 움직이지 않습니다.',
  'stopped.what': '무슨 일이 있었나요?',
  'stopped.anew': '이 단말기를 새로 등록',
  'stopped.anew_more': '새 키를 만듭니다. 카드는 다시 신청해야 합니다.',
  'stopped.removed_title': '이 단말기는 삭제되었습니다',
  'stopped.removed': '고객님의 다른 단말기에서 삭제했고 카드는 그 단말기에 있습니다',
  'stopped.removed_more': '여기서 돈은 움직이지 않습니다. 본인이 아니라면 발급사에 연락하세요.',
  'stopped.replaced': '카드는 다른 단말기에 있습니다',
  'stopped.asked_next': '새 키를 만들고 다른 단말기의 승인을 받습니다.',
}

export const stoppedWords = { en, ja, ko }
