import { type QueryClient, useQueryClient } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { deleteFile, UploadedFile } from '#contract/generations.ts';
import { call, reach } from '../../call.ts';
import { newId } from '../../ui/ids.ts';

/** Uploads one file; what it is, the server tells from its bytes. `keeps`: camera and place stay in a picture. */
export async function upload(file: File, keeps = false): Promise<UploadedFile> {
  const body = new FormData();
  body.append('file', file);
  const response = await reach(`/api/files${keeps ? '?keep=metadata' : ''}`, { method: 'POST', body });
  return UploadedFile.parse(await response.json());
}

/** Takes an upload back that was not sent. Whatever comes of it: what is never sent goes by itself in two days. */
export function takeBack(id: string): void {
  void call(deleteFile, { id }).catch(() => undefined);
}

const keyOf = (id: string) => ['upload', id];

/** An upload of this page: what was chosen stays at hand, for uploading it otherwise. */
export interface Remembered extends UploadedFile {
  original: File;
  keeps: boolean;
}

/** Whether a camera's data was in it, so that who wants it in can say so. */
export const hadPlace = ({ keeps, changes }: Pick<Remembered, 'keeps' | 'changes'>): boolean =>
  keeps || changes.some((change) => change.includes('location'));

/** What was uploaded on this page is remembered by its id, for whoever shows it. */
export function remember(cache: QueryClient, file: UploadedFile, original: File, keeps = false): void {
  cache.setQueryData(keyOf(file.id), { ...file, original, keeps });
}

export function useUploaded(): (id: string) => Remembered | undefined {
  const cache = useQueryClient();
  return (id) => cache.getQueryData(keyOf(id));
}

/** A file on its way to a message. */
export interface Attachment {
  key: string;
  name: string;
  bytes: number;
  /** What was chosen, for uploading it otherwise. */
  original: File;
  keeps: boolean;
  state: 'sending' | 'there' | 'refused';
  file?: UploadedFile;
  /** Why it was refused, in words. */
  why?: string;
}

/** Files for the next message: uploaded as they are given, and taken back as they are removed. */
export function useAttachments(refuses: (file: File) => string | undefined) {
  const cache = useQueryClient();
  const [items, setItems] = useState<Attachment[]>([]);
  // Removed while they were on their way: they are taken back when they arrive.
  const removed = useRef(new Set<string>());
  const change = (key: string, next: Partial<Attachment>) =>
    setItems((known) => known.map((one) => (one.key === key ? { ...one, ...next } : one)));

  async function send(key: string, file: File, keeps: boolean) {
    try {
      const there = await upload(file, keeps);
      if (removed.current.has(key)) return takeBack(there.id);
      remember(cache, there, file, keeps);
      change(key, { state: 'there', file: there, name: there.name, bytes: there.bytes });
    } catch (error) {
      change(key, { state: 'refused', why: error instanceof Error ? error.message : '' });
    }
  }
  return {
    items,
    add(files: File[]) {
      for (const original of files) {
        const key = newId();
        const why = refuses(original);
        const state = why === undefined ? 'sending' : 'refused';
        const { name, size: bytes } = original;
        setItems((known) => [...known, { key, name, bytes, original, keeps: false, state, why }]);
        if (why === undefined) void send(key, original, false);
      }
    },
    remove(key: string) {
      removed.current.add(key);
      const gone = items.find((one) => one.key === key);
      if (gone?.file !== undefined) takeBack(gone.file.id);
      setItems((known) => known.filter((one) => one.key !== key));
    },
    /** Uploads a picture again, with or without what its camera wrote. */
    keep(key: string, keeps: boolean) {
      const one = items.find((item) => item.key === key);
      if (one === undefined) return;
      if (one.file !== undefined) takeBack(one.file.id);
      change(key, { keeps, state: 'sending', file: undefined });
      void send(key, one.original, keeps);
    },
    /** They were sent: from now on they belong to the run. */
    clear: () => setItems([]),
  };
}
