import { type ComponentProps, lazy, Suspense } from 'react';

// The composer first, the parameters after it.
const SchemaForm = lazy(async () => ({
  default: (await import('../schema-form/schema-form.tsx')).SchemaForm,
}));

/** A model's parameters, once they are here. */
export function Parameters(form: ComponentProps<typeof SchemaForm>) {
  return (
    <Suspense fallback={null}>
      <SchemaForm {...form} />
    </Suspense>
  );
}
