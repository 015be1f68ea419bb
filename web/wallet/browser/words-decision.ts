/** Why an application was decided as it was, in the applicant's words. */
import type { decisionReasons } from '@warifu/protocol/issuing-objects'

type Reason = (typeof decisionReasons)[number]
type Column = Readonly<
  Record<`reason.${Reason}` | 'decision.deciding' | 'decision.deciding_more', string>
>

const en: Column = {
  'reason.rules_met': 'All conditions are met.',
  'reason.under_age': 'You are under the age for this card.',
  'reason.income_too_low': 'The income is below what this card asks for.',
  'reason.no_employment': 'This card asks for an income from work or a pension.',
  'reason.too_much_debt': 'What you owe elsewhere is more than this card allows for.',
  'reason.score_too_low': 'The credit bureau’s report is below what this card asks for.',
  'reason.bureau_unreachable': 'The credit bureau did not answer. A person looks at it.',
  'reason.needs_a_person': 'A person has to look at it.',
  'reason.identity_not_shown': 'We could not make sure that it is you.',
  'reason.policy': 'We cannot offer you this card at present.',
  'reason.another_card': 'It is one more card of an account that you have.',
  'reason.in_its_place': 'It comes in the place of a card that you have.',
  'decision.deciding': 'The credit bureau is being asked',
  'decision.deciding_more': 'This takes some seconds. The decision will be shown here.',
}

const ja: Column = {
  'reason.rules_met': 'すべての条件を満たしています。',
  'reason.under_age': 'このカードの対象年齢に達していません。',
  'reason.income_too_low': '年収がこのカードの基準を下回っています。',
  'reason.no_employment': 'このカードには就労または年金による収入が必要です。',
  'reason.too_much_debt': 'ほかのお借り入れが、このカードの基準を上回っています。',
  'reason.score_too_low': '信用情報機関の情報が、このカードの基準を下回っています。',
  'reason.bureau_unreachable': '信用情報機関から回答がありませんでした。担当者が確認します。',
  'reason.needs_a_person': '担当者による確認が必要です。',
  'reason.identity_not_shown': 'ご本人であることを確認できませんでした。',
  'reason.policy': 'いまはこのカードをご案内できません。',
  'reason.another_card': 'お持ちの口座に追加されるカードです。',
  'reason.in_its_place': 'お持ちのカードに代わるカードです。',
  'decision.deciding': '信用情報機関に照会しています',
  'decision.deciding_more': '数秒かかります。決まりしだい、ここに表示します。',
}

const ko: Column = {
  'reason.rules_met': '모든 조건을 만족합니다.',
  'reason.under_age': '이 카드의 나이 조건에 미치지 못합니다.',
  'reason.income_too_low': '소득이 이 카드의 기준보다 낮습니다.',
  'reason.no_employment': '이 카드는 일이나 연금에서 나오는 소득이 필요합니다.',
  'reason.too_much_debt': '다른 곳의 채무가 이 카드의 기준을 넘습니다.',
  'reason.score_too_low': '신용 정보 기관의 평가가 이 카드의 기준보다 낮습니다.',
  'reason.bureau_unreachable': '신용 정보 기관이 응답하지 않았습니다. 담당자가 살펴봅니다.',
  'reason.needs_a_person': '담당자의 확인이 필요합니다.',
  'reason.identity_not_shown': '본인임을 확인하지 못했습니다.',
  'reason.policy': '지금은 이 카드를 드릴 수 없습니다.',
  'reason.another_card': '가지고 계신 계좌에 더해지는 카드입니다.',
  'reason.in_its_place': '가지고 계신 카드를 대신하는 카드입니다.',
  'decision.deciding': '신용 정보 기관에 문의하고 있습니다',
  'decision.deciding_more': '몇 초 걸립니다. 결정되면 여기에 보여 드립니다.',
}

export const decisionWords = { en, ja, ko }
