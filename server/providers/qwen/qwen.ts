import type { Adapter, Provider } from '../provider.ts';
import { isEarlier, qwenImages } from './images.ts';
import { wanEarlierFromPictures, wanEarlierFromWords, wanImages, wanVideo } from './tasks.ts';
import { qwenText } from './text.ts';

export const qwen: Provider = {
  id: 'qwen',
  terms: {
    name: 'Alibaba Cloud',
    company: 'Alibaba Cloud (Singapore) Private Limited',
    termsUrl:
      'https://www.alibabacloud.com/help/en/legal/latest/alibaba-cloud-international-website-terms-of-use',
    privacyUrl:
      'https://www.alibabacloud.com/help/en/legal/latest/alibaba-cloud-international-website-privacy-policy',
    regions: ['SG'],
    retention: 'Results of pictures and clips for 24 hours; other periods as in its privacy policy.',
    training: 'Not used for training without consent, by its terms.',
    readOn: '2026-11-24',
  },
  settings: {
    key: 'DASHSCOPE_API_KEY',
    baseUrl: 'DASHSCOPE_BASE_URL',
    defaultBaseUrl: 'https://dashscope-intl.aliyuncs.com',
    region: 'DASHSCOPE_REGION',
    keyPrefix: 'sk-',
  },
  resultHosts: ['*.aliyuncs.com'],
  operations: {
    text: qwenText,
    image: imageAdapter,
    video: wanVideo,
  },
};

function imageAdapter(model: string): Adapter {
  if (isEarlier(model)) return model.includes('i2i') ? wanEarlierFromPictures : wanEarlierFromWords;
  return model.startsWith('wan') ? wanImages : qwenImages;
}
