/** The wallet: a page that is a cardholder's terminal, and the process that serves it. */
export { createWalletServer, views } from './wallet-server.ts'
