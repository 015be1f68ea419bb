/** What the lists say around their rows. */
import { type Rows, wordsOf } from './table-words.ts'

const rows = {
  filters: ['Filters', '絞り込み', '필터'],
  filtersSet: ['Filters: {count}', '絞り込み:{count}件', '필터: {count}개'],
  all: ['All', 'すべて', '전체'],
  clear: ['Clear all', 'すべて解除', '모두 지우기'],
  reading: ['Reading …', '読み込み中 …', '읽는 중 …'],
  empty: ['Nothing here yet', 'まだ何もありません', '아직 아무것도 없습니다'],
  noneFits: [
    'Nothing fits these filters',
    '条件に合うものがありません',
    '필터에 맞는 것이 없습니다',
  ],
  shown: ['{count} in all', '全{count}件', '모두 {count}건'],
  shownMore: [
    '{count} read; more below',
    '{count}件を表示、続きがあります',
    '{count}건 표시, 더 있습니다',
  ],
  sorting: [
    '{count} read; reading the rest to sort it …',
    '{count}件を読み込み済み、並べ替えのため続きを読み込み中 …',
    '{count}건 읽음, 정렬하려고 나머지를 읽는 중 …',
  ],
  sortedOnly: [
    'These {count} are sorted; more is not read',
    'この{count}件を並べ替えました。続きは読み込んでいません',
    '이 {count}건만 정렬했습니다. 나머지는 읽지 않았습니다',
  ],
  sortBy: ['Sort by', '並べ替え', '정렬'],
  asListed: ['As listed', '一覧の順', '목록 순서'],
  csv: ['Save as CSV', 'CSVで保存', 'CSV로 저장'],
  saving: ['Saving …', '保存中 …', '저장 중 …'],
} as const satisfies Rows

export const listWords = wordsOf(rows)
