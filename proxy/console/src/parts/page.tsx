import type { ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';
import { Link } from './link';

interface Props {
  title: string;
  above?: { to: string; title: string };
  note?: ComponentChildren;
  tools?: ComponentChildren;
  children: ComponentChildren;
}

// The frame of a view: its title, which the window has too, and its tools.
export function Page({ title, above, note, tools, children }: Props) {
  useEffect(() => {
    document.title = `${title} – Sallyport`;
  }, [title]);
  return (
    <main class="page" id="main" tabIndex={-1}>
      <header class="page-head">
        <div class="page-title">
          {above && <Link to={above.to} class="above">{above.title}</Link>}
          <h1>{title}</h1>
          {note && <span class="page-note">{note}</span>}
        </div>
        {tools && <div class="page-tools">{tools}</div>}
      </header>
      {children}
    </main>
  );
}

export function Panel({ title, tools, children, class: extra = '' }: {
  title: string; tools?: ComponentChildren; children: ComponentChildren; class?: string;
}) {
  return (
    <section class={`panel ${extra}`} aria-label={title}>
      <header class="panel-head"><h2>{title}</h2>{tools && <div class="panel-tools">{tools}</div>}</header>
      {children}
    </section>
  );
}

export function Facts({ facts }: { facts: readonly [string, ComponentChildren][] }) {
  return (
    <dl class="facts">
      {facts.map(([name, value]) => <div key={name}><dt>{name}</dt><dd>{value}</dd></div>)}
    </dl>
  );
}
