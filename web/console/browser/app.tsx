/** The console: signed in or not, and then the page that the address names. */
import { Mark, useWords } from '@warifu/web/kit'
import { Fault } from './act.tsx'
import { Frame } from './frame.tsx'
import { PageAt } from './page-at.tsx'
import { useRoute } from './route.tsx'
import { SessionProvider, useMe } from './session.tsx'
import { SignIn } from './sign-in.tsx'
import { shellWords } from './words-shell.ts'
import { XRAY_PATH, XrayPage } from './xray-page.tsx'

/** An auditor's link stands alone: nobody signs in for it. */
export function App() {
  const { path } = useRoute()
  return path === XRAY_PATH ? <XrayPage link={location.hash.slice(1)} /> : <SignedIn />
}

function SignedIn() {
  const say = useWords(shellWords)
  const { data: me, error } = useMe()
  if (me === undefined)
    return (
      <main className="alone">
        {error === null ? (
          <Mark size={64} state="waiting" label={say('asking')} />
        ) : (
          <Fault fault={error} />
        )}
      </main>
    )
  if (me === null) return <SignIn />
  return (
    <SessionProvider me={me}>
      <Frame>
        <PageAt />
      </Frame>
    </SessionProvider>
  )
}
