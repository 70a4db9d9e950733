import { useState } from 'preact/hooks';

// A text that one click copies, such as an id or a command.
export function Copyable({ text, block = false }: { text: string; block?: boolean }) {
  const [copied, setCopied] = useState(false);
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text);
      setCopied(true);
      setTimeout(() => setCopied(false), 1500);
    } catch {
      // Forbidden, or no clipboard without TLS: it can be marked and copied by hand.
    }
  };
  return (
    <span class={block ? 'copyable block' : 'copyable'}><code>{text}</code>
      <button type="button" class="quiet" onClick={() => void copy()}>{copied ? 'Copied' : 'Copy'}</button></span>
  );
}
