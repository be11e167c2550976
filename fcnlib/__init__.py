"""Interpolation kernels, transposed convolutions and image segmentation.

The functions of the 2016 blog post that this project follows, `segment` and all packages are
attributes of this module. They are loaded on first use, so ``import fcnlib`` does not load
TensorFlow, Streamlit, plotly or scikit-image.

Examples
--------
>>> import fcnlib
>>> fcnlib.get_kernel_size(2)
4

"""

import lazy_loader as lazy

__getattr__, __dir__, _ = lazy.attach_stub(__name__, __file__)

__all__ = [
    "bilinear_upsample_weights",
    "checkpoints",
    "class_map",
    "datasets",
    "discrete_matshow",
    "facts",
    "get_kernel_size",
    "images",
    "kernels",
    "networks",
    "plots",
    "scenes",
    "segment",
    "segmentation",
    "training",
    "transposed_convolution",
    "upsample_filt",
    "upsample_skimage",
    "upsample_tf",
    "upsampling",
]
