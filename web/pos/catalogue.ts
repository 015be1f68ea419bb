/** What the sample shop sells. A shop of your own would read this from its own books. */
import type { Article, Catalogue } from './browser/wire.ts'

const article = (id: string, price: number, [en, ja, ko]: [string, string, string]): Article => ({
  id,
  price,
  name: { en, ja, ko },
})

// biome-ignore format: a table reads by its columns
export const catalogue: Catalogue = {
  shop: '喫茶ワリフ',
  currency: 'jpy',
  articles: [
    article('blend',    600,  ['Blend coffee',        'ブレンドコーヒー', '블렌드 커피']),
    article('latte',    700,  ['Café latte',          'カフェラテ',       '카페 라떼']),
    article('matcha',   750,  ['Matcha',              '抹茶',             '말차']),
    article('soda',     780,  ['Melon cream soda',    'クリームソーダ',   '멜론 크림소다']),
    article('toast',    450,  ['Thick toast',         '厚切りトースト',   '두툼한 토스트']),
    article('sandwich', 820,  ['Egg sandwich',        'たまごサンド',     '달걀 샌드위치']),
    article('pudding',  580,  ['Custard pudding',     'カスタードプリン', '커스터드 푸딩']),
    article('beans',    1800, ['Coffee beans, 200 g', 'コーヒー豆 200g',  '커피 원두 200g']),
  ],
}
