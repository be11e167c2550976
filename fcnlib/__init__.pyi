from . import (
    checkpoints,
    class_map,
    datasets,
    facts,
    images,
    kernels,
    networks,
    plots,
    scenes,
    segmentation,
    training,
    transposed_convolution,
    upsampling,
)
from .kernels.bilinear import bilinear_upsample_weights, get_kernel_size, upsample_filt
from .plots.class_maps import discrete_matshow
from .segmentation import segment
from .upsampling.methods import upsample_skimage, upsample_tf

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
