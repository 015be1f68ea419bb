/** What the audit page says, and what stands around saved filters and links for auditors. */
import { type Rows, wordsOf } from './table-words.ts'

const rows = {
  acts: ['What people did', '人がしたこと', '사람이 한 일'],
  vault: ['What the vault did', '金庫がしたこと', '보관소가 한 일'],
  proof: ['Proof of the record', '記録の証明', '기록의 증명'],
  proofLead: [
    'Each record carries the digest of the one before: both chains are recomputed now, and the ' +
      'vault signs its newest head.',
    '各記録は前の記録のダイジェストを持ちます。両方の連鎖をいま計算し直し、金庫は最新の先頭に署名します。',
    '각 기록은 앞 기록의 다이제스트를 담습니다. 두 사슬을 지금 다시 계산하고, 보관소는 최신 머리에 서명합니다.',
  ],
  prove: ['Verify both chains', '両方の連鎖を検証', '두 사슬 검증'],
  sound: [
    '{size} records, unbroken ({time})',
    '{size}件、途切れなし({time})',
    '{size}건, 끊김 없음({time})',
  ],
  broken: [
    'broken after {size} records ({time})',
    '{size}件の後で壊れています({time})',
    '{size}건 뒤에서 끊겼습니다({time})',
  ],
  saved: ['Saved filters', '保存した絞り込み', '저장한 필터'],
  saveThis: ['Save this filter', 'この絞り込みを保存', '이 필터 저장'],
  saveName: ['Name', '名前', '이름'],
  save: ['Save', '保存', '저장'],
  forget: ['Forget {name}', '{name}を削除', '{name} 삭제'],
} as const satisfies Rows

export type AuditWord = keyof typeof rows
export const auditWords = wordsOf(rows)
