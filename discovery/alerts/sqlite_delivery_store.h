#pragma once
// Where receivers stand, in the file of alerts (DIR/alerts.sqlite): a crash of the process loses
// nothing; one of the machine at most the last moments, and what comes then comes twice.

#include <memory>
#include <string>

#include "discovery/alerts/delivery_store.h"

namespace sallyport::discovery {

class SqliteDeliveryStore final : public DeliveryStore {
 public:
  static Result<std::unique_ptr<SqliteDeliveryStore>> open(const std::string& path);
  ~SqliteDeliveryStore() override;

  Result<std::uint64_t> begin(const std::string& receiver) override;
  Result<void> only(std::span<const std::string> receivers, Time now) override;
  Result<std::uint64_t> newest() override;
  Result<WaitingPage> behind(std::uint64_t place, const AlertChoice& choice,
                             std::size_t most) override;
  Result<WaitingPage> again(const std::string& receiver, std::size_t most) override;
  Result<Backlog> backlog(const std::string& receiver, std::uint64_t place,
                          const AlertChoice& choice) override;
  Result<std::uint64_t> delivered(const std::string& receiver) override;
  Result<void> passed(const std::string& receiver, std::uint64_t place,
                      std::uint64_t delivered) override;
  Result<void> put_aside(const std::string& receiver, std::span<const std::uint64_t> places,
                         std::string_view reason, Time now) override;
  Result<std::uint64_t> ask_again(const std::string& receiver) override;
  Result<void> sent_again(const std::string& receiver,
                          std::span<const std::uint64_t> places) override;

 private:
  struct Connection;
  explicit SqliteDeliveryStore(std::unique_ptr<Connection> connection);
  std::unique_ptr<Connection> connection_;
};

}  // namespace sallyport::discovery
