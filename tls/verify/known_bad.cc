// Superfish (shipped on Lenovo machines, 2015), eDellRoot and DSDTestProvider (Dell, 2015),
// Sennheiser HeadSetup (2018), Mitel (2017), and the authorities of DigiNotar (taken over in 2011).
// Fingerprints as named in Chromium's public list, net/data/ssl/blocklist/README.md, read in
// November 2026.

#include "tls/verify/known_bad.h"

#include <array>

namespace sallyport::tls {

namespace {

constexpr std::array<std::string_view, 20> kKnownBad = {
    // DigiNotar
    "0d136e439f0ab6e97f3a02a540da9f0641aa554e1d66ea51ae2920d51b2f7217",
    // Dell
    "0f912fd7be760be25afbc56bdc09cd9e5dcc9c6f6a55a778aefcb6aa30e31554",
    // DigiNotar
    "294f55ef3bd7244c6ff8a68ab797e9186ec27582751a791515e3292e48372d61",
    // Mitel
    "2a33f5b48176523fd3c0d854f20093417175bfd498ef354cc7f38b54adabaf1a",
    "2d11e736f0427fd6ba4b372755d34a0edd8d83f7e9e7f6c01b388c9b7afa850d",
    // DigiNotar
    "31c8fd37db9b56e708b03d1f01848b068c6da66f36fb5d82c008c6040fa3e133",
    "3946901f46b0071e90d78279e82fababca177231a704be72c5b0e8918566ea66",
    // Mitel
    "3ab0fcc7287454c405863e3aa204fea8eb0c50a524d2a7e15524a830cd4ab0fe",
    // DigiNotar
    "450f1b421bb05c8609854884559c323319619e8b06b001ea2dcbb74a23aa3be2",
    "4fee0163686ecbd65db968e7494f55d84b25486d438e9de558d629d28cd4d176",
    // Mitel
    "60911c79835c3739432d08c45df64311e06985c5889dc5420ce3d142c8c7ef58",
    // DigiNotar
    "8a1bd21661c60015065212cc98b1abb50dfd14c872a208e66bae890f25c448af",
    // Sennheiser
    "91e5cc32910686c5cac25c18cc805696c7b33868c280caf0c72844a2a8eb91e2",
    // DigiNotar
    "9ed8f9b0e8e42a1656b8e1dd18f42ba42dc06fe52686173ba2fc70e756f207dc",
    "a686fee577c88ab664d0787ecdfff035f4806f3de418dc9e4d516324fff02083",
    // Superfish
    "b6fe9151402bad1c06d7e66db67a26aa7356f2e6c644dbcf9f98968ff632e1b7",
    // DigiNotar
    "b8686723e415534bc0dbd16326f9486f85b0b0799bf6639334e61daae67f36cd",
    // Sennheiser
    "ddd8ab9178c99cbd9685ea4ae66dc28bfdc9a5a8a166f7f69ad0b5042ad6eb28",
    // Dell
    "ec30c9c3065a06bb07dc5b1c6b497f370c1ca65c0f30c08e042ba6bcecc78f2c",
    // DigiNotar
    "fdedb5bdfcb67411513a61aee5cb5b5d7c52af06028efc996cc1b05b1d6cea2b",
};

}  // namespace

std::span<const std::string_view> known_bad_certificates() { return kKnownBad; }

}  // namespace sallyport::tls
