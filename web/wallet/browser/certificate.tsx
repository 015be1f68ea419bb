/** A certificate: its request leaves this phone, what was issued comes back; the key stays. */
import { Button, FileButton, Textarea } from '@mantine/core'
import type { Id } from '@warifu/protocol/ids'
import { Said, useWords } from '@warifu/web/kit'
import { type FormEvent, useState } from 'react'
import { act } from './acting.ts'
import { useTerminalState } from './asking.ts'
import { useDoing } from './doing.ts'
import { troubleOf } from './trouble.ts'
import { TroubleSaid } from './trouble-said.tsx'
import { applyingWords as words } from './words-applying.ts'
import { useWorld } from './world.tsx'

type Props = { readonly application: Id<'app'> }

export function CertificateForm({ application }: Props) {
  const say = useWords(words)
  const { data: state } = useTerminalState()
  if (state === undefined) return null
  const request = state.certificate?.request
  return (
    <section className="view">
      <h1>{say('identity.x509')}</h1>
      <p className="lead">{say('identity.x509_more')}</p>
      {request === undefined ? (
        <RequestMaker />
      ) : (
        <>
          <RequestShown request={request} />
          <IssuedForm application={application} />
        </>
      )}
    </section>
  )
}

function RequestMaker() {
  const say = useWords(words)
  const { terminal } = useWorld()
  const make = useDoing(() => terminal.requestCertificate())
  return (
    <>
      {make.error === null ? null : <TroubleSaid error={make.error} />}
      <Button size="lg" fullWidth loading={make.runs} onClick={() => make.begin()}>
        {say('certificate.make')}
      </Button>
    </>
  )
}

function RequestShown({ request }: { readonly request: string }) {
  const say = useWords(words)
  return (
    <>
      <Textarea
        size="md"
        rows={4}
        readOnly
        spellCheck={false}
        label={say('certificate.request')}
        description={say('certificate.request_more')}
        value={request}
        onFocus={(event) => event.currentTarget.select()}
      />
      <a
        href={`data:application/pkcs10,${encodeURIComponent(request)}`}
        download="certificate-request.pem"
      >
        {say('certificate.download')}
      </a>
    </>
  )
}

function IssuedForm({ application }: Props) {
  const say = useWords(words)
  const world = useWorld()
  const [text, setText] = useState('')
  const show = useDoing((file: Uint8Array<ArrayBuffer>) =>
    act(world, () => world.terminal.showCertificate(application, file)),
  )
  const submit = (event: FormEvent) => {
    event.preventDefault()
    show.begin(new TextEncoder().encode(text))
  }
  const take = async (file: File | null) => {
    if (file !== null) show.begin(new Uint8Array(await file.arrayBuffer()))
  }
  return (
    <form className="view" onSubmit={submit} noValidate>
      <Textarea
        size="md"
        rows={4}
        spellCheck={false}
        label={say('certificate.issued')}
        description={say('certificate.issued_more')}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      {show.error === null ? null : <CertificateTrouble error={show.error} />}
      <div className="acts">
        <Button type="submit" size="lg" fullWidth loading={show.runs}>
          {say('identity.show')}
        </Button>
        <FileButton onChange={(file) => void take(file)} accept=".pem,.crt,.cer,.der">
          {({ onClick }) => (
            <Button variant="default" size="lg" fullWidth disabled={show.runs} onClick={onClick}>
              {say('certificate.file')}
            </Button>
          )}
        </FileButton>
      </div>
    </form>
  )
}

function CertificateTrouble({ error }: { readonly error: unknown }) {
  const say = useWords(words)
  const trouble = troubleOf(error)
  if (trouble.kind !== 'here' || trouble.code !== 'certificate_of_other_key')
    return <TroubleSaid error={error} />
  return (
    <Said tone="refused" title={say('trouble.title')} urgent>
      <p>{say('certificate.other_key')}</p>
    </Said>
  )
}
