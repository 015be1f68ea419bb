/** While a view or what it shows is on its way: a page with a heading all the same. */
import { useWords } from '@warifu/web/kit'
import { words } from './words.ts'

export function OneMoment() {
  const say = useWords(words)
  return (
    <section className="view" aria-busy="true">
      <h1 className="quiet">{say('wait')}</h1>
    </section>
  )
}
