#include "proxy/cli/discover_book.h"

#include "proxy/app/hand_tags.h"
#include "proxy/cli/kept_state.h"

namespace sallyport::cli {

using discovery::AppBook;

int open_book(const CommonOptions& options, std::string& state, AskedBook& asked) {
  const auto config = config_of(options, state);
  if (!config) return kWrongInput;
  asked.snapshot = snapshot_of(*config);
  if (asked.snapshot == nullptr) return kWrongInput;
  std::unique_ptr<discovery::StateStore> kept;
  if (!open_for_reading(state, kept)) return kMachine;
  discovery::AppTagOverlay none;
  if (kept == nullptr) {
    asked.book = std::make_unique<AppBook>(asked.snapshot->catalog, none);
    return kOk;
  }
  app::HandTags hand(*kept);
  const Result<void> loaded = hand.load(*asked.snapshot->catalog, system_clock().now());
  if (!loaded) {
    complain(describe(loaded.error()));
    return kMachine;
  }
  asked.book = std::make_unique<AppBook>(asked.snapshot->catalog, *hand.overlay());
  return kOk;
}

}  // namespace sallyport::cli
