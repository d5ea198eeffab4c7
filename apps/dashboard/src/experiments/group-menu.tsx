import { useQueryValue } from '../navigation/use-query-value.ts';

/** By what the list is grouped: one field, then another. */
export function GroupMenu({ fields }: { readonly fields: readonly string[] }) {
  const [text, setText] = useQueryValue('group');
  const [first = '', second = ''] = text.split(',');
  const set = (...names: readonly string[]) => setText([...new Set(names)].filter((name) => name !== '').join(','));
  return (
    <>
      <Choice label="Group by" value={first} fields={fields} onChange={(name) => set(name, second)} />
      {first !== '' && <Choice label="then by" value={second} fields={fields} onChange={(name) => set(first, name)} />}
    </>
  );
}

function Choice(props: {
  readonly label: string;
  readonly value: string;
  readonly fields: readonly string[];
  readonly onChange: (value: string) => void;
}) {
  const { label, value } = props;
  const fields = value === '' || props.fields.includes(value) ? props.fields : [value, ...props.fields];
  return (
    <select aria-label={label} value={value} onChange={(event) => props.onChange(event.target.value)}>
      <option value="">{label}: none</option>
      {fields.map((name) => (
        <option key={name} value={name}>
          {label} {name}
        </option>
      ))}
    </select>
  );
}
