import { useMutation } from '@tanstack/react-query';
import { signOut } from './auth-calls.ts';

/** Ends the session; the page is loaded anew, so that nothing of the person stays in memory. */
export function useSignOut() {
  return useMutation({ mutationFn: signOut, onSuccess: () => location.assign('/') });
}
