/** What an empty list says: how something comes to stand there. */
import type { ListName } from './list-query.ts'
import { type Rows, wordsOf } from './table-words.ts'

const rows = {
  findPayments: [
    'Every payment of every merchant stands here as soon as a till asks for it.',
    'レジが請求すると、すべての加盟店の支払いがここに並びます。',
    '계산대가 요청하면 모든 가맹점의 결제가 여기에 나타납니다.',
  ],
  listPayments: [
    'Ask for one at your till, or by the API: it stands here at once.',
    'レジかAPIで請求すると、すぐここに並びます。',
    '계산대나 API로 요청하면 바로 여기에 나타납니다.',
  ],
  listSales: [
    'A sale is recorded when a payment is captured, or when your till records cash.',
    '売上は、支払いの確定時か、レジが現金を記録したときに載ります。',
    '결제가 매입되거나 계산대가 현금을 기록하면 판매가 올라옵니다.',
  ],
  listReconciliations: [
    'Send a day’s orders as CSV: what does not agree with your sales is found, with a fix.',
    '1日の注文をCSVで送ると、売上と合わないものを見つけ、対処を示します。',
    '하루 주문을 CSV로 보내면 판매와 맞지 않는 것을 찾아 조치를 제안합니다.',
  ],
  listDifferences: [
    'Every order agrees with a sale.',
    'すべての注文が売上と一致しています。',
    '모든 주문이 판매와 일치합니다.',
  ],
  listToldDifferences: [
    'No merchant has told the platform of a difference.',
    '加盟店から知らされた差異はありません。',
    '가맹점이 알린 차이가 없습니다.',
  ],
  listSettlements: [
    'A day is closed a while after it ends where your shop is. Then it stands here.',
    '店の時間で1日が終わると締められ、ここに載ります。',
    '가게의 시간으로 하루가 끝나면 마감되어 여기에 올라옵니다.',
  ],
  searchSettlements: [
    'A merchant’s day is closed a while after it ends where the shop is. Then it stands here.',
    '店の時間で1日が終わると締められ、ここに載ります。',
    '가맹점의 시간으로 하루가 끝나면 마감되어 여기에 올라옵니다.',
  ],
  listPayouts: [
    'What a settlement leaves for you is paid out; each payout stands here.',
    '精算の差引額が振り込まれ、1件ずつここに載ります。',
    '정산 순액이 지급되며, 지급마다 여기에 올라옵니다.',
  ],
  searchPayouts: [
    'What a settlement leaves for a merchant is paid out; each payout stands here.',
    '精算の差引額が振り込まれ、1件ずつここに載ります。',
    '정산 순액이 지급되며, 지급마다 여기에 올라옵니다.',
  ],
  readLegs: [
    'Nothing was held and nothing moved.',
    '確保も移動もありませんでした。',
    '보류도 이동도 없었습니다.',
  ],
  listMerchantWebhooks: [
    'The merchant has added no address that is told of payments.',
    '加盟店は通知先を追加していません。',
    '가맹점이 알림 주소를 추가하지 않았습니다.',
  ],
  listMerchantRequests: [
    'Nothing was asked with one of the merchant’s keys.',
    '加盟店のキーでの呼び出しはありません。',
    '가맹점의 키로 호출한 일이 없습니다.',
  ],
  findCards: [
    'A card is made when an application is approved.',
    '申し込みが承認されると、カードができます。',
    '신청이 승인되면 카드가 만들어집니다.',
  ],
  findCardholders: [
    'Whoever joins with a wallet stands here.',
    'ウォレットで登録した人が載ります。',
    '지갑으로 가입한 사람이 여기에 나타납니다.',
  ],
  findApplications: [
    'Who applies for a card in the wallet stands here, with what was decided.',
    'ウォレットでの申し込みが、判断とともに載ります。',
    '지갑에서 카드를 신청한 사람이 결정과 함께 나타납니다.',
  ],
  findPlastics: [
    'A cardholder orders plastic in the wallet; the order stands here until it is in their hand.',
    'カード会員がウォレットでプラスチックカードを注文すると、手元に届くまでここに載ります。',
    '카드 이용자가 지갑에서 실물 카드를 주문하면 받을 때까지 여기에 나타납니다.',
  ],
  findBureaus: [
    'Without a factory nobody can order plastic.',
    '製作所がないと、プラスチックカードは注文できません。',
    '제작소가 없으면 실물 카드를 주문할 수 없습니다.',
  ],
  findSims: [
    'A SIM stands here when its maker’s tool writes the first card into it.',
    '製造元の道具が最初のカードを書き込むと、ここに載ります。',
    '제조사 도구가 첫 카드를 기록하면 여기에 나타납니다.',
  ],
  findDevices: [
    'Phones stand here when a person joins; other devices when they are paired or added.',
    '端末は登録すると、ほかの装置は連携や追加をすると載ります。',
    '단말기는 가입하면, 다른 기기는 연결하거나 추가하면 나타납니다.',
  ],
  listEntryDevices: [
    'Add the device that stands at your till, then load its keys.',
    'レジに置く入力装置を追加し、鍵を入れてください。',
    '계산대에 둘 입력 장치를 추가하고 키를 넣으세요.',
  ],
  listTokens: [
    'A customer who agrees to pay again leaves a token, never a number.',
    'また支払うことに同意したお客様は、番号ではなくトークンを残します。',
    '다시 결제하기로 동의한 고객은 번호가 아니라 토큰을 남깁니다.',
  ],
  listWebhookEndpoints: [
    'Add the address of your server: it is told of every payment as it happens.',
    '自分のサーバーのアドレスを追加すると、支払いのたびに通知が届きます。',
    '서버 주소를 추가하면 결제가 일어날 때마다 알려 줍니다.',
  ],
  listWebhookDeliveries: [
    'Nothing was to be delivered yet: the next event of this kind will be.',
    'まだ配送はありません。次のイベントから届きます。',
    '아직 전달할 것이 없었습니다. 다음 이벤트부터 전달됩니다.',
  ],
  listApiKeys: [
    'Make a key for your server. It is shown once.',
    'サーバー用のキーを作ってください。表示は一度だけです。',
    '서버용 키를 만드세요. 한 번만 보여 줍니다.',
  ],
  listRequests: [
    'Every call with one of your keys stands here, secrets masked.',
    '自分のキーでの呼び出しが、秘密を伏せて載ります。',
    '내 키로 한 모든 호출이 비밀을 가린 채 나타납니다.',
  ],
  listActs: [
    'What is dangerous is asked for by one person, and waits here for another.',
    '危険な操作は一人が頼み、もう一人の判断をここで待ちます。',
    '위험한 작업은 한 사람이 요청하고 여기서 다른 사람을 기다립니다.',
  ],
  listAdjustments: [
    'Nobody has corrected a balance.',
    '残高の調整はありません。',
    '잔액을 조정한 일이 없습니다.',
  ],
  listLedgerAlerts: [
    'No law of the books was found broken.',
    '帳簿の決まりに反するものは見つかっていません。',
    '장부의 규칙에 어긋난 것이 발견되지 않았습니다.',
  ],
} as const satisfies Partial<Record<ListName, Rows[string]>>

type EmptyWord = keyof typeof rows
export const emptyWords = wordsOf(rows)
export const saysMore = (name: ListName): name is EmptyWord => Object.hasOwn(rows, name)
