// The kernel that these tests are about.
#pragma once

#define THIMBLE_SAFE 1
#define THIMBLE_RESET_ON_FAULT 1
