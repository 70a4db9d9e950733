#pragma once
// Which app an exchange addresses, and what is done there, as far as any app's requests tell
// without knowing the app: the safety net below per-app signatures.
//
// Pure: facts in, facts out; nothing is decided here and nothing but the named fields is written.
// Input is whatever strangers send.
//
// Where two readings are possible, bytes win over names: a body that is a file is an upload, also
// when it goes to "/login". What is not clear stays `other`.

#include "base/http/head.h"
#include "discovery/catalog/app_tag_overlay.h"
#include "discovery/catalog/catalog.h"
#include "discovery/catalog/noise_hosts.h"
#include "policy/activity/activity.h"

namespace sallyport::discovery {

// Sets activity.app and activity.host_kind from activity.host; a host of no known app clears the
// first. A host that is an address is of the app whose range holds it. For connect: an app that has
// only a path on this host is not looked for. The app's tags are those that `overlay` leaves. Where
// a host is both, noise and an app's, the longer name says its kind: a beacon below an app's domain
// belongs to the app and is noise all the same.
void classify_host(policy::Activity& activity, const Catalog& catalog,
                   const AppTagOverlay& overlay = {}, const NoiseHosts& noise = {});

// The same from host and path, for the request on. Where no path is known it is classify_host().
void classify_path(policy::Activity& activity, const Catalog& catalog,
                   const AppTagOverlay& overlay = {}, const NoiseHosts& noise = {});

// Sets activity.type from the request's head:
//   upload   PUT, POST, PATCH with a file's media type or multipart/form-data, Content-Range,
//   headers of
//            resumable uploads (X-Upload-*, X-Goog-Upload-*, tus), or "upload" in the path
//   logout   GET, POST to /logout, /signout, ...; DELETE of /session
//   login    POST of a form, JSON or XML to /login, /signin, /session, /oauth2/token, /auth/...,
//   /saml/... delete, edit, create, rename, move, copy, share, unshare, invite
//            by method (DELETE, PATCH, WebDAV's) or by the last word of a POST's path
//   view     GET of a page: Sec-Fetch-Dest: document, else Accept with text/html
//   other    everything else
// And activity.admin: whether host and path are where apps are administered (administration.h).
void classify_request(policy::Activity& activity, const http::RequestHead& request);

// Sharpens activity.type once the reply's head is known:
//   login -> login_failed   401, 403, 400 of a token endpoint, or back to a login page with an
//   error view, other -> download a GET answered with an attachment, an archive, a document or
//   unnamed bytes;
//                           a POST answered with an attachment; git's fetch
// A login page that is shown again with 200 cannot be told from success and stays `login`.
void classify_reply(policy::Activity& activity, const http::RequestHead& request,
                    const http::ReplyHead& reply);

}  // namespace sallyport::discovery
