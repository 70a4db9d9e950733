#pragma once
// Looks at the files of a request's body while it passes, or before it goes at all.
//
//   UploadWatch watch(body, head, digests);    // a body that gives what `body` gives
//   ... read to its end ...
//   watch.files()
//
//   co_await watch.hold(spool, most);          // instead: nothing goes on until all of it was seen
//
// INVARIANT: every byte that it gives has been looked at before.

#include <memory>
#include <optional>

#include "base/http/body.h"
#include "base/http/head.h"
#include "discovery/events/event.h"
#include "discovery/files/upload_files.h"
#include "proxy/session/spool.h"

namespace sallyport::session {

class UploadWatch final : public http::Body {
 public:
  UploadWatch(http::Body& inner, const http::RequestHead& head, bool digests)
      : inner_(inner),
        files_(discovery::shape_of(head.headers), discovery::body_type(head.headers), digests) {}

  // Reads the body into `spool`, from which it is given then. False where it is larger than `most`
  // bytes or than there is room: what was read is in the spool, and the rest comes behind it.
  Task<Result<bool>> hold(std::unique_ptr<Spool> spool, std::uint64_t most);

  void give_to(std::function<void(std::string_view)> take) { files_.give_to(std::move(take)); }
  // What passed so far.
  const discovery::UploadFiles& files() const { return files_; }
  // Nothing more will pass.
  void give_up() { files_.end(false); }

  Task<Result<http::Bytes>> read(std::size_t most) override;
  std::optional<Result<http::Bytes>> read_now(std::size_t most) override;
  std::optional<std::uint64_t> length() const override { return inner_.length(); }
  bool none() const override { return inner_.none(); }
  bool ready() const override { return spool_ != nullptr || inner_.ready(); }
  const http::Headers* trailers() const override {
    return spool_ == nullptr ? inner_.trailers() : nullptr;
  }
  bool may_have_trailers() const override { return inner_.may_have_trailers(); }
  bool at_end() const override { return spool_ == nullptr && (held_ || inner_.at_end()); }
  void stop() override { inner_.stop(); }

 private:
  void look(const Result<http::Bytes>& chunk);
  // From the spool; nothing where it is empty.
  std::optional<Result<http::Bytes>> from_spool(std::size_t most);

  http::Body& inner_;
  discovery::UploadFiles files_;
  std::unique_ptr<Spool> spool_;
  bool held_ = false;  // to its end
};

// At the end: the event gets what the files showed, and a record for each where there are several.
void note_files(UploadWatch& watch, discovery::Event& event);

// Of what the requests of one transfer have in common, which is often an address that lets anybody
// write, the record keeps a digest alone.
void hide_sessions(discovery::Event& event);

}  // namespace sallyport::session
