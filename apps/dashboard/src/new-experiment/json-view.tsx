import { useEffect, useState } from 'react';
import type { Draft } from './use-draft.ts';

/** The request as text: what POST /experiments takes. */
export function JsonView({ draft, onChange }: { readonly draft: Draft; readonly onChange: (draft: Draft) => void }) {
  const [text, setText] = useState(() => JSON.stringify(draft, null, 2));
  const [problem, setProblem] = useState<string | null>(null);
  useEffect(() => {
    setText((old) => (sameJson(old, draft) ? old : JSON.stringify(draft, null, 2)));
  }, [draft]);
  const change = (next: string) => {
    setText(next);
    try {
      const value: unknown = JSON.parse(next);
      if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error('must be an object');
      setProblem(null);
      onChange(value as Draft);
    } catch (error) {
      setProblem((error as Error).message);
    }
  };
  return (
    <div className="field">
      <label htmlFor="request-json">
        Request, as POST /experiments takes it; what is left out comes from the preset
      </label>
      <textarea
        id="request-json"
        rows={18}
        spellCheck={false}
        value={text}
        aria-invalid={problem !== null}
        onChange={(event) => change(event.target.value)}
      />
      {problem !== null && <span className="field-error">{problem}</span>}
    </div>
  );
}

function sameJson(text: string, draft: Draft): boolean {
  try {
    return JSON.stringify(JSON.parse(text)) === JSON.stringify(draft);
  } catch {
    return false;
  }
}
