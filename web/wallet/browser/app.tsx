/** The page as a whole: what stands around every view, and which view is shown. */
import {
  QueryClient,
  QueryClientProvider,
  useIsMutating,
  useQueryClient,
} from '@tanstack/react-query'
import { Mark, Said, useWords } from '@warifu/web/kit'
import { type ReactNode, useEffect } from 'react'
import { ApplyView } from './apply.tsx'
import { AskedSheet } from './asked-sheet.tsx'
import { useEnrolled, useStopped, useTerminalState } from './asking.ts'
import { HistoryView } from './history.tsx'
import { HomeView } from './home.tsx'
import { EnrolView, JOINING, JoinView } from './join.tsx'
import { NavBar } from './nav-bar.tsx'
import { PayView } from './pay.tsx'
import { ScanView } from './scan.tsx'
import { SettingsView } from './settings.tsx'
import { CodeView } from './show-code.tsx'
import { useFollowing, useOnline } from './staying.ts'
import { StoppedView } from './stopped.tsx'
import { useView } from './views.tsx'
import { words } from './words.ts'
import { useWorld } from './world.tsx'
import './wallet.css'

const client = new QueryClient({
  defaultOptions: { queries: { staleTime: 5_000, refetchOnWindowFocus: true } },
})

export const App = () => (
  <QueryClientProvider client={client}>
    <Page />
  </QueryClientProvider>
)

function Page() {
  const { kept } = useWorld()
  const queries = useQueryClient()
  useEffect(
    () => kept.onChange(() => void queries.invalidateQueries({ queryKey: ['kept'] })),
    [kept, queries],
  )
  const { data: state } = useTerminalState()
  const isJoining = useIsMutating({ mutationKey: [JOINING] }) > 0
  const { data: isEnrolled } = useEnrolled()
  const { data: stopped } = useStopped()
  useFollowing(isEnrolled === true)
  if (state === undefined || isEnrolled === undefined) return <Frame>{null}</Frame>
  if (state.cardholder === null || isJoining) return <Frame>{<JoinView />}</Frame>
  if (!isEnrolled) return <Frame>{<EnrolView />}</Frame>
  if (stopped) return <Frame nav={<NavBar />}>{<StoppedView why={stopped} />}</Frame>
  return (
    <Frame nav={<NavBar />}>
      <AskedSheet />
      <Current />
    </Frame>
  )
}

const views: Readonly<Record<string, () => ReactNode>> = {
  '/': HomeView,
  '/pay': PayView,
  '/scan': ScanView,
  '/code': CodeView,
  '/history': HistoryView,
  '/apply': ApplyView,
  '/settings': SettingsView,
}

function Current() {
  const View = views[useView()] ?? HomeView
  return <View />
}

function Frame({ nav, children }: { readonly nav?: ReactNode; readonly children: ReactNode }) {
  const say = useWords(words)
  const isOnline = useOnline()
  return (
    <div className="page">
      <header className="page-head">
        <Mark size={28} />
        <span className="page-name">{say('name')}</span>
      </header>
      <main className="page-main">
        {isOnline ? null : (
          <Said tone="waiting" title={say('offline.title')}>
            {say('offline.more')}
          </Said>
        )}
        {children}
      </main>
      {nav}
    </div>
  )
}
