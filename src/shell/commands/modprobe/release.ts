// The kernel that the lab is measured against, as uname -r names it.

export const KERNEL_RELEASE = '6.1.176';
