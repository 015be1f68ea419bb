/** Cards of ours in vsmartcard's virtual reader, so that PC/SC takes them for real ones. */
export { type Contacts, createSplitter, framed, insertCard } from './insert-card.ts'
