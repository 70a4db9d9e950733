import { Dropbox } from 'dropbox';
import { content, same } from './content.mjs';

const dropbox = new Dropbox({ accessToken: 'sl.test' });

export const calls = {
  upload: () => dropbox.filesUpload({ path: '/Q3/report.pdf', contents: content(2000, 2) }),
  upload_in_a_session: async () => {
    const bytes = content(250000, 3);
    const { result } = await dropbox.filesUploadSessionStart({ close: false, contents: bytes.subarray(0, 100000) });
    const cursor = { session_id: result.session_id, offset: 100000 };
    await dropbox.filesUploadSessionAppendV2({ cursor, close: false, contents: bytes.subarray(100000, 200000) });
    await dropbox.filesUploadSessionFinish({
      cursor: { session_id: result.session_id, offset: 200000 }, commit: { path: '/Q3/film.mp4' }, contents: bytes.subarray(200000),
    });
  },
  download: async () => {
    const { result } = await dropbox.filesDownload({ path: '/Q3/stored.pdf' });
    same(result.fileBinary, content(5000), 'the file');
  },
  list: () => dropbox.filesListFolder({ path: '/Q3' }),
  create_folder: () => dropbox.filesCreateFolderV2({ path: '/Q4' }),
  delete: () => dropbox.filesDeleteV2({ path: '/Q3/old.pdf' }),
  move: () => dropbox.filesMoveV2({ from_path: '/Q3/report.pdf', to_path: '/Archive/report.pdf' }),
  copy: () => dropbox.filesCopyV2({ from_path: '/Q3/report.pdf', to_path: '/Q4/report.pdf' }),
  share_link_with_anyone: () => dropbox.sharingCreateSharedLinkWithSettings({
    path: '/Q3/report.pdf', settings: { audience: { '.tag': 'public' }, access: { '.tag': 'viewer' } },
  }),
  share_link_with_the_team: () => dropbox.sharingCreateSharedLinkWithSettings({
    path: '/Q3/report.pdf', settings: { audience: { '.tag': 'team' } },
  }),
  revoke_link: () => dropbox.sharingRevokeSharedLink({ url: 'https://www.dropbox.com/scl/fi/abc/report.pdf?dl=0' }),
  add_to_folder: () => dropbox.sharingAddFolderMember({
    shared_folder_id: '84528192421',
    members: [{ member: { '.tag': 'email', email: 'eve@rival.example' }, access_level: { '.tag': 'editor' } }],
  }),
  add_to_file: () => dropbox.sharingAddFileMember({
    file: 'id:a4ayc_80_OEAAAAAAAAAYa', members: [{ '.tag': 'email', email: 'eve@rival.example' }],
    access_level: { '.tag': 'viewer' },
  }),
  who_am_i: () => dropbox.usersGetCurrentAccount(),
  invite_to_the_team: () => dropbox.teamMembersAddV2({
    new_members: [{ member_email: 'new@example.org', member_given_name: 'New', member_surname: 'One' }],
  }),
};
