/** What a phone that is new here says, and the page's words beside it: loaded with its view. */
import type { Words } from '@warifu/web/kit'
import { type Word, words } from './words.ts'

const en = {
  'arriving.title': 'This phone is new here',
  'arriving.lead': 'A passkey alone opens nothing: your other phone, or you in person, let it in.',
  'arriving.replace': 'Ask my old phone; move my cards here',
  'arriving.second': 'Ask my other phone; keep my cards there',
  'arriving.lost': 'I do not have my old phone any more',
  'arriving.denied': 'Your other phone said no',
  'arriving.expired': 'Nobody answered in time',
  'arriving.asked': 'Open the wallet on your other phone',
  'arriving.asked_more': 'It shows this phone and asks whether it is yours.',
  'arriving.proving': 'Prove in two ways who you are. Done so far: {count} of 2.',
  'arriving.phone': 'A code by SMS',
  'arriving.voice': 'A code by a call',
  'arriving.operator': 'A code from our counter',
  'arriving.send': 'Send the code',
  'arriving.code': 'Eight digits',
  'arriving.waiting': 'Now some time must pass',
  'arriving.waiting_more': 'Until {time} (UTC) your old phone can still say no.',
  'arriving.cancelled': 'Your old phone called this one back',
  'arriving.in': 'This phone is in',
  'arriving.limited': 'For a day it pays small amounts only.',
  'arriving.take': 'Bring my cards here',
}

type Column = { readonly [W in keyof typeof en]: string }

const ja: Column = {
  'arriving.title': 'この端末ははじめてです',
  'arriving.lead': 'パスキーだけでは何も開きません。別の端末か、ご本人の確認が必要です。',
  'arriving.replace': '前の端末にたずねて、カードをここに移す',
  'arriving.second': '別の端末にたずねる。カードはそのまま',
  'arriving.lost': '前の端末はもう手元にありません',
  'arriving.denied': '別の端末で断られました',
  'arriving.expired': '時間内に返事がありませんでした',
  'arriving.asked': '別の端末でウォレットを開いてください',
  'arriving.asked_more': 'この端末が表示され、ご本人のものかたずねます。',
  'arriving.proving': '2つの方法でご本人を確認します。完了：2のうち {count}',
  'arriving.phone': 'SMSのコード',
  'arriving.voice': '電話のコード',
  'arriving.operator': '窓口のコード',
  'arriving.send': 'コードを送る',
  'arriving.code': '8桁の数字',
  'arriving.waiting': 'しばらくお待ちください',
  'arriving.waiting_more': '{time}（UTC）までは、前の端末で取り消せます。',
  'arriving.cancelled': '前の端末で取り消されました',
  'arriving.in': 'この端末が使えます',
  'arriving.limited': '1日は少額だけ支払えます。',
  'arriving.take': 'カードをここに移す',
}

const ko: Column = {
  'arriving.title': '이 단말기는 처음입니다',
  'arriving.lead': '패스키만으로는 열리지 않습니다. 다른 단말기나 본인 확인이 필요합니다.',
  'arriving.replace': '이전 단말기에 물어보고 카드를 옮기기',
  'arriving.second': '다른 단말기에 물어보기. 카드는 그대로',
  'arriving.lost': '이전 단말기가 없습니다',
  'arriving.denied': '다른 단말기에서 거절했습니다',
  'arriving.expired': '시간 안에 답이 없었습니다',
  'arriving.asked': '다른 단말기에서 지갑을 여세요',
  'arriving.asked_more': '이 단말기가 본인의 것인지 묻습니다.',
  'arriving.proving': '두 가지 방법으로 본인임을 확인합니다. 완료: 2 중 {count}',
  'arriving.phone': '문자 코드',
  'arriving.voice': '전화 코드',
  'arriving.operator': '창구 코드',
  'arriving.send': '코드 보내기',
  'arriving.code': '여덟 자리',
  'arriving.waiting': '잠시 시간이 지나야 합니다',
  'arriving.waiting_more': '{time}(UTC)까지 이전 단말기에서 취소할 수 있습니다.',
  'arriving.cancelled': '이전 단말기에서 취소했습니다',
  'arriving.in': '이 단말기를 쓸 수 있습니다',
  'arriving.limited': '하루 동안은 소액만 결제됩니다.',
  'arriving.take': '카드를 여기로 옮기기',
}

export const arrivingWords: Words<Word | keyof typeof en> = {
  en: { ...words.en, ...en },
  ja: { ...words.ja, ...ja },
  ko: { ...words.ko, ...ko },
}
