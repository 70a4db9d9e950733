// The relying party by itself, on a worker of the real kind, for run.py: says where somebody signs
// in, reads what came back, says who it was.
//
//   sign_in_lab NAME PORT ROOT.pem CLIENT SECRET     the issuer https://NAME is at 127.0.0.1:PORT
//
//   > begin                      a state and an address
//   > finish STATE CODE          a name, or "refused: ..."

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <thread>

#include "base/core/text.h"
#include "base/io/resolver.h"
#include "proxy/portal/oidc.h"
#include "tls/verify/trust_store.h"

namespace sallyport::portal {
namespace {

Task<void> keep(Task<Result<std::string>> task, std::string& out, std::atomic<bool>& done) {
  const Result<std::string> result = co_await std::move(task);
  out = result ? *result : "refused: " + describe(result.error());
  done = true;
  done.notify_one();
}

std::string sealed_state(const TicketKeys& keys) {
  Ticket ticket;
  ticket.kind = TicketKind::sign_in;
  ticket.issued = system_clock().now();
  ticket.expires = ticket.issued + std::chrono::minutes(10);
  ticket.nonce = fresh_nonce();
  return keys.seal(ticket).value();
}

class Lab {
 public:
  Lab(const std::string& name, std::uint16_t port, std::shared_ptr<const tls::TrustStore> roots,
      ProviderOptions options)
      : context_(*tls::ClientContext::make()),
        router_(resolver_, names(name, port), guard()),
        dialer_(worker_, *connector_, *context_,
                std::make_shared<const tls::Verifier>(std::move(roots), tls::Verifier::Options{})),
        oidc_(std::move(options), fetcher_, keys_, system_clock()),
        thread_([this] { worker_.run(); }) {
    keys_.store(std::make_shared<const TicketKeys>(TicketKeys::make(system_clock().now())));
    worker_.post([this] { nursery_ = std::make_unique<io::Nursery>(worker_.executor()); });
  }
  ~Lab() {
    std::atomic<bool> done = false;
    worker_.post([&] {
      nursery_.reset();
      pool_.clear();
      done = true;
      done.notify_one();
    });
    done.wait(false);
    worker_.stop();
    thread_.join();
  }

  std::string begin() {
    const std::string state = sealed_state(*keys_.load());
    return state + ' ' + run([&] { return oidc_.begin(state); });
  }
  std::string finish(const std::string& state, const std::string& code) {
    return run([&] { return oidc_.finish(state, code, system_clock().now()); });
  }

 private:
  static std::shared_ptr<const io::StaticNames> names(const std::string& name, std::uint16_t port) {
    io::StaticNames names;
    names.names[name] = IpEndpoint{*IpAddress::parse("127.0.0.1"), port};
    return std::make_shared<const io::StaticNames>(std::move(names));
  }
  static std::shared_ptr<const origin::AddressGuard> guard() {
    return std::make_shared<const origin::AddressGuard>(
        std::vector<IpPrefix>{*IpPrefix::parse("127.0.0.1")}, std::vector<IpEndpoint>{},
        std::vector<IpAddress>{});
  }

  template <class Make>
  std::string run(Make make) {
    std::string out;
    std::atomic<bool> done = false;
    worker_.post([&] { nursery_->start(keep(make(), out, done)); });
    done.wait(false);
    return out;
  }

  io::Worker worker_{0};
  std::unique_ptr<io::Connector> connector_ = io::make_tcp_connector(worker_);
  std::unique_ptr<tls::ClientContext> context_;
  io::WorkPool lookups_{1, 16, "lookups"};
  io::Resolver resolver_{worker_, lookups_};
  origin::Router router_;
  origin::Dialer dialer_;
  origin::Pool pool_{worker_, {}};
  OriginFetcher fetcher_{worker_, router_, dialer_, pool_};
  io::Published<TicketKeys> keys_;
  Oidc oidc_;
  std::unique_ptr<io::Nursery> nursery_;
  std::thread thread_;
};

}  // namespace
}  // namespace sallyport::portal

int main(int count, char** words) {
  using namespace sallyport;
  if (count != 6) {
    std::fprintf(stderr, "usage: sign_in_lab NAME PORT ROOT.pem CLIENT SECRET\n");
    return 2;
  }
  const auto roots = tls::TrustStore::load({"", {words[3]}});
  const auto port = parse_decimal(words[2]);
  if (!roots || !port || *port > 65535) {
    std::fprintf(stderr, "no port, or no root: %s\n", words[3]);
    return 2;
  }
  portal::ProviderOptions options;
  options.issuer = "https://" + std::string(words[1]);
  options.client_id = words[4];
  options.client_secret = words[5];
  options.redirect_uri = "https://sallyport.internal/signed-in";
  portal::Lab lab(words[1], static_cast<std::uint16_t>(*port), *roots, options);

  char line[16384];
  while (std::fgets(line, sizeof line, stdin) != nullptr) {
    std::string_view text(line);
    if (text.ends_with('\n')) text.remove_suffix(1);
    const auto parts = split(text, ' ');
    std::string answer = "what?";
    if (parts.size() == 1 && parts[0] == "begin") answer = lab.begin();
    if (parts.size() == 3 && parts[0] == "finish") {
      answer = lab.finish(std::string(parts[1]), std::string(parts[2]));
    }
    std::printf("%s\n", answer.c_str());
    std::fflush(stdout);
  }
  return 0;
}
