// One of a few, seen at once (Segments) or in a list (Choice); tabs of a view.

interface Option { value: string; title: string }

export function Segments({ label, options, value, onChange }: {
  label: string; options: readonly Option[]; value: string; onChange: (value: string) => void;
}) {
  return (
    <div class="segments" role="group" aria-label={label}>
      {options.map((option) => (
        <button key={option.value} type="button" aria-pressed={option.value === value}
          onClick={() => onChange(option.value)}>{option.title}</button>
      ))}
    </div>
  );
}

// `name`: what it is called where its label says that only by where it stands.
export function Choice({ label, name, options, value, onChange }: {
  label: string; name?: string; options: readonly Option[]; value: string; onChange: (value: string) => void;
}) {
  return (
    <label class={`choice${value && !name ? ' set' : ''}`}>
      <span class="choice-label">{label}</span>
      <select aria-label={name ?? label} value={value} onChange={(event) => onChange(event.currentTarget.value)}>
        {options.map((option) => <option key={option.value} value={option.value}>{option.title}</option>)}
      </select>
    </label>
  );
}

// The tab stands in the address, so each is a link: `to` is the whole address.
export function Tabs({ label, tabs, current }: {
  label: string; tabs: readonly { id: string; title: string; to: string; number?: number }[]; current: string;
}) {
  return (
    <nav class="tabs" aria-label={label}>
      {tabs.map((tab) => (
        <a key={tab.id} href={tab.to} aria-current={tab.id === current ? 'page' : undefined}>{tab.title}
          {tab.number !== undefined && <span class="tab-number">{tab.number}</span>}</a>
      ))}
    </nav>
  );
}
