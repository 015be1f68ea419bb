/** Everything a page stands on: Mantine without inline styles, the clock, the language. */
import { MantineProvider } from '@mantine/core'
import type { ReactNode } from 'react'
import { type Clock, ClockProvider } from './clock.tsx'
import { LanguageProvider } from './language-provider.tsx'
import { theme } from './theme.ts'
import '@mantine/core/styles/default-css-variables.css'
import '@mantine/core/styles/baseline.css'
import '@mantine/core/styles/global.css'
import '@mantine/core/styles/UnstyledButton.css'
import '@mantine/core/styles/Button.css'
import '@mantine/core/styles/Input.css'
import '@mantine/core/styles/Loader.css'
import './theme.css'

type Props = { readonly clock: Clock; readonly children: ReactNode }

export const KitProvider = ({ clock, children }: Props) => (
  <MantineProvider
    theme={theme}
    defaultColorScheme="auto"
    withCssVariables={false}
    withGlobalClasses={false}
  >
    <ClockProvider clock={clock}>
      <LanguageProvider>{children}</LanguageProvider>
    </ClockProvider>
  </MantineProvider>
)
